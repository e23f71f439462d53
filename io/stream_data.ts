/** What can be written to a stream or file of `T`: text if that is text, else bytes, or text as UTF-8. */
export type StreamData<T> = T extends string ? string : Uint8Array | string;
