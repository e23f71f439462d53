/** How the details of a task look, and the question whether to cancel it. */
export const PAGE_DETAILS_STYLE: string = `
#details {
  width: 25rem;
  flex: none;
  overflow-y: auto;
  padding: 14px 20px 24px;
  background: var(--panel);
  border-left: 1px solid var(--rule);
}
.bar {
  display: flex;
  justify-content: space-between;
  align-items: center;
  color: var(--soft);
  font-size: 12.5px;
}
#close {
  border: 0;
  background: none;
  width: 28px;
  height: 28px;
  border-radius: 6px;
  cursor: pointer;
  color: var(--soft);
  margin-right: -6px;
}
#close:hover {
  background: var(--hover);
}
h2 {
  font-size: 18px;
  line-height: 1.3;
  font-weight: 650;
  overflow-wrap: anywhere;
}
#title {
  margin-bottom: 12px;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 4;
  overflow: hidden;
}
h3 {
  font-size: 13px;
  font-weight: 650;
  margin: 20px 0 6px;
}
h3 small {
  font-weight: 400;
  color: var(--soft);
  font-size: 11.5px;
  margin-left: 6px;
}
#life {
  display: block;
  width: 100%;
  height: 44px;
  box-shadow: inset 0 -1px var(--rule);
}
.axis {
  display: flex;
  justify-content: space-between;
  color: var(--soft);
  font-size: 11px;
  margin-top: 3px;
}
#moment {
  color: var(--ink);
  font-variant-numeric: tabular-nums;
}
#shares {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 14px;
  margin-top: 8px;
  color: var(--soft);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
}
#facts {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 3px 16px;
  margin-top: 14px;
  font-size: 13px;
}
#facts dt {
  color: var(--soft);
}
#facts dd {
  overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums;
}
#stack {
  font-size: 13px;
}
#stack li {
  overflow-wrap: anywhere;
  padding: 7px 0;
  border-top: 1px solid var(--rule);
}
#stack li:first-child {
  border-top: 0;
}
.call {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 0 12px;
}
.function {
  font-weight: 600;
  overflow-wrap: anywhere;
}
.place {
  color: var(--soft);
  font-size: 12px;
  overflow: hidden;
  overflow-wrap: anywhere;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
#stack code {
  display: block;
  margin-top: 3px;
  font: 12px/1.5 var(--mono);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  padding: 3px 8px;
  background: var(--hover);
  border-radius: 5px;
}
#scopes {
  font-size: 13px;
}
#cancel {
  margin-top: 22px;
  width: 100%;
  height: 36px;
  border: 1px solid var(--rule);
  border-radius: 7px;
  background: none;
  color: var(--danger);
  font-weight: 550;
  cursor: pointer;
}
#cancel:hover:enabled {
  border-color: var(--danger);
}
#cancel:disabled {
  color: var(--soft);
  cursor: default;
}
#reply {
  margin-top: 8px;
  font-size: 13px;
  color: var(--soft);
  min-height: 1.45em;
}

dialog {
  max-width: min(28rem, calc(100vw - 32px));
  border: 1px solid var(--rule);
  border-radius: 12px;
  padding: 22px 24px;
  background: var(--panel);
  color: var(--ink);
}
dialog::backdrop {
  background: rgb(0 0 0 / 35%);
}
dialog p {
  margin: 10px 0 20px;
  color: var(--soft);
}
dialog code {
  font: .93em var(--mono);
}
.choice {
  display: flex;
  justify-content: flex-end;
  gap: 10px;
}
.choice button {
  height: 36px;
  padding: 0 16px;
  border: 1px solid var(--rule);
  border-radius: 7px;
  background: none;
  cursor: pointer;
}
.choice .danger {
  background: var(--danger);
  border-color: var(--danger);
  color: var(--panel);
  font-weight: 600;
}
`;
