/** How the list of tasks looks. */
export const PAGE_LIST_STYLE: string = `
main {
  flex: 1;
  display: flex;
  min-height: 0;
}
.list {
  flex: 1;
  display: flex;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
  container-type: inline-size;
}
#tree {
  flex: 1;
  overflow-y: auto;
  overflow-x: hidden;
  position: relative;
  overflow-anchor: none;
}
#tree:focus-visible {
  outline-offset: -2px;
}
#rows {
  position: relative;
  height: calc(var(--lines, 0) * var(--line));
}
.row {
  display: grid;
  grid-template-columns: minmax(11rem, 4fr) 10rem minmax(120px, 4fr) 4rem 4rem 4rem;
  column-gap: 14px;
  align-items: center;
  height: var(--line);
  padding: 0 20px;
}
.head {
  position: sticky;
  top: 0;
  z-index: 1;
  background: var(--paper);
  border-bottom: 1px solid var(--rule);
  color: var(--soft);
  font-size: 11.5px;
}
#rows .row {
  position: absolute;
  top: 0;
  left: 0;
  right: 0;
  cursor: default;
  contain: strict;
}
#rows .row:hover {
  background: var(--hover);
}
#rows .row[aria-selected="true"] {
  background: var(--pick);
}
.cell {
  overflow: hidden;
  white-space: nowrap;
  text-overflow: ellipsis;
  min-width: 0;
}
#rows .name {
  display: flex;
  align-items: center;
  gap: 8px;
  padding-left: calc(var(--depth, 0) * 16px);
}
.name .text {
  overflow: hidden;
  text-overflow: ellipsis;
  font-weight: 500;
}
.twisty {
  flex: none;
  width: 14px;
  text-align: center;
  color: var(--soft);
  cursor: pointer;
  font-size: 12px;
  line-height: var(--line);
}
.waits {
  color: var(--soft);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.waits:empty {
  display: none;
}
.id {
  color: var(--soft);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
}
.mark {
  flex: none;
  font-size: 11px;
  color: var(--soft);
  border: 1px solid var(--rule);
  border-radius: 99px;
  padding: 0 7px;
  line-height: 16px;
}
.mark:empty {
  display: none;
}
.state {
  display: flex;
  align-items: center;
  gap: 8px;
}
#rows .state .text {
  font: 12px var(--mono);
  overflow: hidden;
  text-overflow: ellipsis;
}
.dot {
  flex: none;
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: var(--family);
}
.head .timeline {
  display: flex;
  justify-content: space-between;
}
.timeline canvas {
  display: block;
  width: 100%;
  height: 18px;
  box-shadow: inset 0 -1px var(--rule);
}
.rate,
.timeout,
.sleep {
  text-align: right;
  font-variant-numeric: tabular-nums;
  font-size: 12.5px;
  color: var(--soft);
}
.head .rate,
.head .timeout,
.head .sleep {
  font-size: 11.5px;
}
.ended,
.beside {
  opacity: .5;
}
.stuck .state .text {
  color: var(--alarm);
  font-weight: 700;
}
.stuck .dot {
  background: var(--alarm);
}
#empty {
  padding: 32px 20px;
  color: var(--soft);
}
.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 18px;
  padding: 8px 20px;
  border-top: 1px solid var(--rule);
  color: var(--soft);
  font-size: 12px;
}
.legend li::before,
#shares li::before {
  content: "";
  display: inline-block;
  width: 8px;
  height: 8px;
  border-radius: 50%;
  margin-right: 6px;
  background: var(--family);
}
`;
