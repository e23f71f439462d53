/** What changes where there is less room: first columns go, then the details move below, then lines fold. */
export const PAGE_NARROW_STYLE: string = `
@container (width < 900px) {
  .row {
    grid-template-columns: minmax(9rem, 4fr) 9.5rem minmax(100px, 3fr) 4rem;
  }
  .timeout,
  .sleep {
    display: none;
  }
}
@media (width < 1000px) {
  main {
    flex-direction: column;
  }
  #details {
    width: auto;
    height: 55%;
    border-left: 0;
    border-top: 1px solid var(--rule);
    box-shadow: 0 -6px 20px rgb(0 0 0 / 10%);
  }
  .legend {
    display: none;
  }
}
@media (width < 640px) {
  :root {
    --line: 48px;
  }
  header {
    padding: 10px 14px;
    gap: 8px 24px;
  }
  .figures {
    gap: 20px;
  }
  .figures .pulse {
    display: none;
  }
  .filters {
    margin: 0;
    width: 100%;
  }
  .filters input {
    flex: 1 1 100%;
  }
  .filters select {
    flex: 1;
  }
  #banner {
    padding: 10px 14px;
  }
  .row {
    grid-template: "name timeline" 22px "state timeline" 18px / minmax(0, 1fr) 30%;
    align-content: center;
    padding: 0 14px;
  }
  .name {
    grid-area: name;
  }
  .state {
    grid-area: state;
  }
  .timeline {
    grid-area: timeline;
  }
  .timeline canvas {
    height: 26px;
  }
  #rows .state {
    padding-left: calc(var(--depth, 0) * 16px + 22px);
  }
  .row.head {
    height: 30px;
    grid-template: "name timeline" / minmax(0, 1fr) 30%;
  }
  .rate,
  .head .state,
  .head .timeline span:first-child {
    display: none;
  }
  .head .timeline {
    justify-content: flex-end;
  }
}
`;
