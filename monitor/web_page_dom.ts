/**
 * What the page uses of a browser. TypeScript's own `dom` library would do, but whoever imports a module
 * that refers to it gets `document` and `window` as globals in a program that has neither.
 */

/** An event of the page. */
export interface PageEvent {
  readonly key: string;
  readonly target: PageElement;
  readonly offsetX: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  preventDefault(): void;
}

/** An element of the page, whichever it is. */
export interface PageElement {
  textContent: string;
  className: string;
  title: string;
  hidden: boolean;
  scrollTop: number;
  readonly id: string;
  readonly clientHeight: number;
  readonly clientWidth: number;
  readonly offsetHeight: number;
  readonly classList: { toggle(name: string, force: boolean): void };
  readonly style: { transform: string; setProperty(name: string, value: string): void };
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  remove(): void;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  closest(selector: string): PageElement | null;
  focus(): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}

/** `<input>`, `<select>`, `<option>` or `<button>`. */
export interface PageField extends PageElement {
  value: string;
  disabled: boolean;
}

/** `<dialog>`. */
export interface PageDialog extends PageElement {
  readonly open: boolean;
  showModal(): void;
  close(): void;
}

/** `<canvas>`. */
export interface PageCanvas extends PageElement {
  width: number;
  height: number;
  getContext(kind: "2d"): PagePainter;
}

/** What paints on a canvas. */
export interface PagePainter {
  fillStyle: string;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
}

/** The browser's window. */
export interface PageWindow {
  readonly document: {
    readonly documentElement: PageElement;
    readonly hidden: boolean;
    title: string;
    getElementById(id: string): PageElement | null;
    createElement(name: string): PageElement;
    addEventListener(type: string, listener: (event: PageEvent) => void): void;
  };
  readonly location: { readonly search: string };
  readonly devicePixelRatio: number;
  getComputedStyle(element: PageElement): { getPropertyValue(name: string): string };
  matchMedia(query: string): { addEventListener(type: string, listener: () => void): void };
  requestAnimationFrame(callback: () => void): number;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}
