/** What Piscina and Tinypool load into their workers. */
export default (value) => value;
