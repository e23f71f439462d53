import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";

const executablePath = ["chromium", "chromium-browser", "google-chrome"].map(find)
  .find((path) => path !== null);

/** Whether there is a browser: CI installs Debian's chromium, elsewhere what needs it is ignored. */
export const hasBrowser: boolean = executablePath !== undefined || Deno.env.has("CI");

/** A page in a real browser, which remembers what nobody should see happen there. */
export class BrowserPage {
  readonly page: Page;
  /** Errors and warnings in its console, dialogs, and requests to other origins. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page, origin: string) {
    this.#browser = browser;
    this.page = page;
    page.on("console", (message) => {
      if (message.type() !== "log") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => void this.complaints.push(`error: ${error}`));
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) {
        this.complaints.push(`request: ${url}`);
      }
    });
  }

  static async open(url: URL): Promise<BrowserPage> {
    if (executablePath === undefined) {
      throw new Error("Cannot test the page because there is no browser: install chromium");
    }
    const browser = await chromium.launch({
      executablePath,
      // Chromium refuses to sandbox what runs as root, as containers do.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    const viewport = { width: 1280, height: 800 };
    const page = await browser.newPage({ viewport, colorScheme: "light" });
    const opened = new BrowserPage(browser, page, url.origin);
    await page.goto(url.href);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

function find(command: string): string | null {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    try {
      if (Deno.statSync(`${folder}/${command}`).isFile) return `${folder}/${command}`;
    } catch {
      // Not there.
    }
  }
  return null;
}
