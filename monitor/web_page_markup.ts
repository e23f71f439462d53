/** The body of the page. It holds no word of the program's: those are put in as text. */
export const PAGE_BODY: string = `
<header>
  <div class="title">
    <h1>Curio monitor</h1>
    <p id="program"></p>
  </div>
  <dl class="figures">
    <div>
      <dt>tasks</dt>
      <dd id="count">–</dd>
    </div>
    <div>
      <dt>cycles a second</dt>
      <dd id="rate">–</dd>
    </div>
    <div class="pulse">
      <dt>last minute</dt>
      <dd>
        <canvas id="pulse" role="img" aria-label="Cycles a second in the last minute"></canvas>
      </dd>
    </div>
  </dl>
  <div class="filters" role="search">
    <label class="unseen" for="filter">Filter by name or number</label>
    <input id="filter" type="search" placeholder="Filter by name or number" autocomplete="off"
      spellcheck="false" aria-keyshortcuts="/">
    <label class="unseen" for="states">State</label>
    <select id="states"><option value="">Any state</option></select>
    <label class="unseen" for="order">Order</label>
    <select id="order">
      <option value="tree">Tree</option>
      <option value="busiest">Busiest first</option>
    </select>
    <output id="found" for="filter states"></output>
  </div>
</header>
<div id="banner" hidden>
  <span class="lamp" aria-hidden="true"></span>
  <span id="message"></span>
  <button id="culprit" type="button" class="link" hidden></button>
</div>
<p id="announcer" class="unseen" aria-live="assertive"></p>
<main>
  <section class="list" aria-label="Tasks">
    <div id="tree" role="treegrid" tabindex="0" aria-label="Tasks" aria-readonly="true">
      <div role="row" class="row head" aria-rowindex="1">
        <div role="columnheader" class="cell name">Task</div>
        <div role="columnheader" class="cell state">State</div>
        <div role="columnheader" class="cell timeline">
          <span>a minute ago</span><span>now</span>
        </div>
        <div role="columnheader" class="cell rate">Cycles/s</div>
        <div role="columnheader" class="cell timeout">Timeout</div>
        <div role="columnheader" class="cell sleep">Sleep</div>
      </div>
      <div id="rows" role="rowgroup"></div>
      <div id="empty" role="row" hidden><span role="gridcell">No task is like that.</span></div>
    </div>
    <ul class="legend" aria-label="Colours">
      <li data-family="run">runs</li>
      <li data-family="time">sleeps</li>
      <li data-family="io">waits for I/O</li>
      <li data-family="sync">waits for another task</li>
      <li data-family="join">joins tasks</li>
      <li data-family="outside">waits for the outside</li>
    </ul>
  </section>
  <aside id="details" aria-labelledby="title" hidden>
    <div class="bar">
      <p id="number"></p>
      <button id="close" type="button" aria-label="Close the details">✕</button>
    </div>
    <h2 id="title"></h2>
    <canvas id="life" role="img" aria-label="What the task did in the last minute"></canvas>
    <p class="axis" aria-hidden="true">
      <span>a minute ago</span><span id="moment"></span><span>now</span>
    </p>
    <ul id="shares" aria-label="States in the last minute"></ul>
    <dl id="facts"></dl>
    <h3>Stack <small>most recent call last</small></h3>
    <ol id="stack"></ol>
    <div id="scoped" hidden>
      <h3>Inside <small>innermost first</small></h3>
      <ul id="scopes"></ul>
    </div>
    <button id="cancel" type="button">Cancel task…</button>
    <p id="reply" role="status"></p>
  </aside>
</main>
<dialog id="confirm" aria-labelledby="question">
  <h2 id="question"></h2>
  <p>
    At its next blocking point the task gets a <code>TaskCancelled</code>, runs its clean-up and
    ends. This cannot be undone.
  </p>
  <div class="choice">
    <button id="spare" type="button" autofocus>Let it run</button>
    <button id="condemn" type="button" class="danger">Cancel task</button>
  </div>
</dialog>
<noscript><p>This page needs JavaScript. Without it, use the monitor in a terminal.</p></noscript>
`.trim();
