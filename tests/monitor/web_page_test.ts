import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Locator, Page } from "npm:playwright-core@1.65.1";
import { BrowserPage, hasBrowser } from "./browser.ts";
import type { FakeSource } from "./web_fake_source.ts";
import { Served } from "./web_support.ts";

const HOSTILE = "<img src=x onerror=alert(1)>";

/** A page in front of a program that the test makes up. */
interface Sight {
  readonly page: Page;
  readonly source: FakeSource;
  readonly row: (id: number) => Locator;
}

/** One step after the other, in one browser: starting one takes longer than all of them. */
const steps: readonly [title: string, step: (sight: Sight) => Promise<void>][] = [
  ["tasks come, change and go as they do in the program", async ({ source, row }) => {
    await row(1).getByText("TASK_JOIN").waitFor();
    source.set(2, { name: "kid", parentId: 1, state: "TIME_SLEEP", sleep: 1000 });
    await row(2).getByText("TIME_SLEEP").waitFor();
    assertEquals(await row(2).getAttribute("aria-level"), "2");
    assertEquals(await row(1).getAttribute("aria-expanded"), "true");
    source.set(2, { state: "LOCK_ACQUIRE", sleep: null, waitsForId: 1, cycles: 40 });
    await row(2).getByText("LOCK_ACQUIRE").waitFor();
    await row(2).getByText("→ 1").waitFor();
    source.set(3, { name: "brief" });
    await row(3).waitFor();
    source.tasks.delete(3);
    await row(3).getByText("ended").waitFor();
  }],
  ["a name that is markup stays text", async ({ page, source, row }) => {
    source.set(4, {
      name: HOSTILE,
      parentId: 1,
      operation: HOSTILE,
      waitsFor: HOSTILE,
      waitsForId: 1,
    });
    await row(4).getByText(HOSTILE).click();
    await page.getByRole("heading", { name: HOSTILE }).waitFor();
    await page.locator("#facts").getByText(HOSTILE).first().waitFor();
    await page.locator("#stack").getByText(HOSTILE).waitFor();
    assertEquals(await page.locator("img").count(), 0);
  }],
  ["a click shows where a task waits", async ({ page, source, row }) => {
    await row(2).click();
    await page.getByRole("heading", { name: "kid" }).waitFor();
    const stack = page.locator("#stack li");
    await stack.getByText("<b>await</b> sleep(1);").waitFor();
    assertEquals(await stack.count(), 2);
    await page.locator("#scopes").getByText("timeout of 5.0 s (3.0 s left)").waitFor();
    assert(source.calls.includes("where 2"));
    assertEquals(await painted(page, "#life"), true);
    await page.locator("#shares").getByText(/^LOCK_ACQUIRE \d+ %$/).waitFor();
    await page.locator("#life").hover();
    await page.locator("#moment").getByText(/not yet there|s ago: /).waitFor();
    assertEquals(await painted(page, "#task-2 canvas"), true);
  }],
  ["the button cancels, once that is confirmed", async ({ page, source }) => {
    const button = page.getByRole("button", { name: "Cancel task…" });
    await button.click();
    await page.getByRole("heading", { name: "Cancel task 2 “kid”?" }).waitFor();
    await page.getByRole("button", { name: "Let it run" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert(!source.calls.includes("cancel 2"));
    await button.click();
    await page.getByRole("button", { name: "Cancel task", exact: true }).click();
    await page.getByText("Cancelling task 2").waitFor();
    assert(source.calls.includes("cancel 2"));
    source.set(2, { cancelled: true });
    await page.getByRole("button", { name: "Cancellation requested" }).waitFor();
  }],
  ["the keyboard reaches everything", async ({ page, row }) => {
    const { keyboard } = page;
    await keyboard.press("Escape");
    await page.locator("#details").waitFor({ state: "hidden" });
    await keyboard.press("Home");
    await selected(row(1));
    await keyboard.press("ArrowLeft");
    await row(2).waitFor({ state: "hidden" });
    await keyboard.press("ArrowRight");
    await row(2).waitFor();
    await keyboard.press("ArrowDown");
    await selected(row(2));
    assertEquals(await page.getByRole("treegrid").getAttribute("aria-activedescendant"), "task-2");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "kid" }).waitFor();
    await keyboard.press("/");
    await keyboard.type("kid");
    await page.getByText("1 found").waitFor();
    await row(4).waitFor({ state: "hidden" });
    await page.getByLabel("State", { exact: true }).selectOption("TIME_SLEEP");
    await page.getByText("No task is like that.").waitFor();
    await page.getByLabel("State", { exact: true }).selectOption("");
    await page.getByLabel("Filter").fill("");
    await row(4).waitFor();
  }],
  [
    "a kernel that is silent shows, and who keeps it from breathing",
    async ({ page, source, row }) => {
      source.set(5, { name: "spin", parentId: 1, state: "RUNNING" });
      source.silentFor = 7.4;
      await page.getByText("The kernel has not breathed for 7 seconds.").waitFor();
      const announcer = page.locator("#announcer");
      assertStringIncludes(await announcer.innerText(), "Task 5 “spin” keeps the processor");
      await page.getByRole("button", { name: "Task 5 “spin” keeps the processor" }).click();
      await page.getByRole("heading", { name: "spin" }).waitFor();
      await selected(row(5));
      source.silentFor = 0;
      source.set(5, { state: "TIME_SLEEP" });
      await page.locator("#banner").waitFor({ state: "hidden" });
      assertEquals(await announcer.innerText(), "The kernel breathes again.");
    },
  ],
  ["5 000 tasks take no more lines than there is room for", async ({ page, source, row }) => {
    for (let id = 10; id < 5000; id++) source.set(id, { parentId: 1, name: `worker ${id}` });
    await page.getByRole("treegrid").and(page.locator('[aria-rowcount="4995"]')).waitFor();
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("End");
    await row(4999).waitFor();
    assert(await page.locator("#rows .row").count() < 60);
    for (let id = 10; id < 4990; id++) source.tasks.delete(id);
    await page.getByRole("treegrid").and(page.locator('[aria-rowcount="15"]')).waitFor();
    await row(4999).waitFor();
  }],
  ["it follows the system into the dark, and fits a telephone", async ({ page }) => {
    const paper = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    assert(await paper() !== light);
    await page.setViewportSize({ width: 360, height: 640 });
    const root = "document.documentElement";
    const [width, room] = await page.evaluate<number[]>(
      `[${root}.scrollWidth, ${root}.clientWidth]`,
    );
    assertEquals(width, room, "nothing sticks out");
  }],
];

Deno.test({
  name: "the web view in Chromium",
  ignore: !hasBrowser,
  fn: async (t) => {
    const served = await Served.start();
    await using browser = await BrowserPage.open(served.url);
    const { page, complaints } = browser;
    const row = (id: number): Locator => page.locator(`#task-${id}`);
    for (const [title, step] of steps) {
      await t.step(title, () => step({ page, source: served.source, row }));
    }
    await t.step("nothing was complained of, and no request left its origin", () => {
      assertEquals(complaints, []);
    });
    await t.step("it says when the program has ended", async () => {
      await served[Symbol.asyncDispose]();
      await page.locator("#message").getByText("The program has ended").waitFor();
    });
  },
});

/** Waits until a line is the one that is picked. */
function selected(row: Locator): Promise<void> {
  return row.and(row.page().locator('[aria-selected="true"]')).waitFor();
}

/** Whether there is anything on a canvas. */
function painted(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(`{
    const canvas = document.querySelector(${JSON.stringify(selector)});
    const { width, height } = canvas;
    canvas.getContext("2d").getImageData(0, 0, width, height).data.some(Boolean);
  }`);
}
