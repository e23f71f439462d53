/** The colours, named once for light and once for dark; the timelines are painted in them too. */
export const PAGE_COLOURS: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7;
  --panel: #ffffff;
  --ink: #22262b;
  --soft: #5c646d;
  --rule: #e4e1da;
  --hover: #f3f1eb;
  --pick: #e3eef8;
  --accent: #1c66b0;
  --danger: #b3261e;
  --alarm: #c9352b;
  --alarm-paper: #fdecea;
  --alarm-ink: #8c1d18;
  --run: #1f9463;
  --time: #a9b4bf;
  --io: #3b82c4;
  --sync: #8a63c9;
  --join: #8d949b;
  --outside: #cf8a1c;
  --line: 30px;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b;
    --panel: #1b1f23;
    --ink: #e4e6e8;
    --soft: #9aa3ab;
    --rule: #2b3036;
    --hover: #20252a;
    --pick: #1d3347;
    --accent: #7ab8f5;
    --danger: #f2766b;
    --alarm: #e5534b;
    --alarm-paper: #3a1a18;
    --alarm-ink: #ffb4ab;
    --run: #3fc48a;
    --time: #56616c;
    --io: #5a9fe0;
    --sync: #a988e6;
    --join: #78818a;
    --outside: #dfa640;
  }
}
[data-family="run"] {
  --family: var(--run);
}
[data-family="time"] {
  --family: var(--time);
}
[data-family="io"] {
  --family: var(--io);
}
[data-family="sync"] {
  --family: var(--sync);
}
[data-family="join"] {
  --family: var(--join);
}
[data-family="outside"] {
  --family: var(--outside);
}

@media (prefers-contrast: more) {
  :root {
    --soft: var(--ink);
    --rule: var(--ink);
  }
}
`;
