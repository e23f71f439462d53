/** How the head of the page looks, and what is the same everywhere. */
export const PAGE_FRAME_STYLE: string = `
* {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
html,
body {
  height: 100%;
  margin: 0;
}
body {
  display: flex;
  flex-direction: column;
  background: var(--paper);
  color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
}
h1,
h2,
h3,
p,
dl,
dd,
ol,
ul {
  margin: 0;
  padding: 0;
}
ol,
ul {
  list-style: none;
}
button,
input,
select {
  font: inherit;
  color: inherit;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.link {
  border: 0;
  padding: 0;
  background: none;
  color: var(--accent);
  cursor: pointer;
  text-align: left;
  text-decoration: underline;
  text-underline-offset: 2px;
}

header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 10px 32px;
  padding: 12px 20px;
  border-bottom: 1px solid var(--rule);
  background: var(--panel);
}
h1 {
  font-size: 16px;
  font-weight: 650;
  letter-spacing: -.01em;
}
#program {
  color: var(--soft);
  font-size: 12.5px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  max-width: 22rem;
  min-height: 1.45em;
}
.figures {
  display: flex;
  gap: 28px;
  align-items: flex-end;
}
.figures dt {
  color: var(--soft);
  font-size: 11.5px;
}
.figures dd {
  font-size: 20px;
  line-height: 24px;
  font-variant-numeric: tabular-nums;
  font-weight: 600;
  min-width: 3ch;
}
.figures canvas {
  display: block;
  width: 200px;
  height: 24px;
  border-bottom: 1px solid var(--rule);
}
.filters {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  align-items: center;
  margin-left: auto;
}
.filters input,
.filters select {
  height: 32px;
  padding: 0 10px;
  border: 1px solid var(--rule);
  border-radius: 7px;
  background: var(--paper);
  min-width: 0;
}
.filters input {
  width: 14rem;
}
.filters select {
  width: 9rem;
}
#found {
  color: var(--soft);
  font-size: 12.5px;
  white-space: nowrap;
}
#found:empty {
  display: none;
}

#banner {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 10px;
  padding: 10px 20px;
  background: var(--alarm-paper);
  color: var(--alarm-ink);
  font-weight: 550;
  font-variant-numeric: tabular-nums;
}
#banner .link {
  color: inherit;
}
#banner.faint {
  background: var(--hover);
  color: var(--soft);
}
.lamp {
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--alarm);
}
.faint .lamp {
  background: var(--join);
}

@media (prefers-reduced-motion: no-preference) {
  .lamp {
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .faint .lamp {
    animation: none;
  }
  @keyframes breathe {
    to {
      opacity: .35;
    }
  }
}
`;
