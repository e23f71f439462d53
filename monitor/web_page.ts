/**
 * The page, put together from what is here in TypeScript.
 *
 * A browser runs JavaScript, and this module has no build step. But whoever imported it has stripped its
 * types already, be it from disk, from a URL or inside a worker that may read no file: the source of a
 * class, as `toString()` gives it, is what a browser needs. So the page's own code is written as classes
 * like any other here, checked and linted with the rest, and their sources are sent. What such a class
 * refers to must be in it, in another class on the list, or in every browser.
 */
import { PageApp } from "./web_page_app.ts";
import { PageAsk } from "./web_page_ask.ts";
import { PageBanner } from "./web_page_banner.ts";
import { PAGE_COLOURS } from "./web_page_colours.ts";
import { PageDetails } from "./web_page_details.ts";
import { PAGE_DETAILS_STYLE } from "./web_page_details_style.ts";
import { PageFacts } from "./web_page_facts.ts";
import { PageFeed } from "./web_page_feed.ts";
import { PAGE_FRAME_STYLE } from "./web_page_frame_style.ts";
import { PageLife } from "./web_page_life.ts";
import { PageLine } from "./web_page_line.ts";
import { PAGE_LIST_STYLE } from "./web_page_list_style.ts";
import { PAGE_BODY } from "./web_page_markup.ts";
import { PageModel } from "./web_page_model.ts";
import { PAGE_NARROW_STYLE } from "./web_page_narrow_style.ts";
import { PagePlace } from "./web_page_place.ts";
import { PageRows } from "./web_page_rows.ts";
import { PageStates } from "./web_page_states.ts";
import { PageTask } from "./web_page_task.ts";
import { PageTimeline } from "./web_page_timeline.ts";
import { PageTree } from "./web_page_tree.ts";
import { PageWords } from "./web_page_words.ts";

/** The later ones overrule the ones before. */
const STYLE = [
  PAGE_COLOURS,
  PAGE_FRAME_STYLE,
  PAGE_LIST_STYLE,
  PAGE_DETAILS_STYLE,
  PAGE_NARROW_STYLE,
].join("");

const CLASSES = [
  PageWords,
  PageStates,
  PageTask,
  PageModel,
  PageRows,
  PageTimeline,
  PageLine,
  PageTree,
  PageLife,
  PageAsk,
  PageFacts,
  PagePlace,
  PageDetails,
  PageBanner,
  PageFeed,
  PageApp,
];

/** The page as it is served. */
export interface WebPage {
  readonly html: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

/** A chart line, in the colours of the page. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 9h3l2-6 3 11 2-5h4" ' +
    'fill="none" stroke="#2f9e6b" stroke-width="2" stroke-linejoin="round"/></svg>',
);

/**
 * The page and the policy it is to be served with: only its very script and style run, it talks to
 * nobody but its own server, and no text may become markup.
 */
export async function webPage(): Promise<WebPage> {
  const script = `"use strict";\n${CLASSES.join("\n")}\nnew ${PageApp.name}(window).start();\n`;
  const policy = [
    "default-src 'none'",
    `script-src '${await hashOf(script)}'`,
    `style-src '${await hashOf(STYLE)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Curio monitor</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
${PAGE_BODY}
<script>${script}</script>
</body>
</html>
`;
  return { html, policy };
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}
