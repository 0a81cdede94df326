// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * pictures -- two sheets of every scene of pages.js, light and dark, in four languages at 1280 and 390 pixels, and the index of them.
 *
 *   DESK_FILES=$PWD/build/dev/desk node desk/test/pictures.js [FOLDER [SCENE...]]
 *
 * FOLDER: docs/pictures where none is given; with it docs/pictures.md is written, too.  EYES=folder: each as PNG besides, and each
 * page by itself, for eyes that read no WebP.  The browser itself puts the sheets together.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { browser_start, line_up, page_open, peer_open } from "./browser.js";
import { mock_start } from "./mock.js";
import { desk_view, SCENES, scene_open } from "./pages.js";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const [folder, ...only] = process.argv.slice(2);
const OURS = join(ROOT, "docs/pictures");
const FOLDER = resolve(folder ?? OURS);
const { EYES } = process.env;
const SCHEMES = ["light", "dark"];
const QUALITY = { light: 40, dark: 25 };
const LANGUAGES = ["de", "fr", "it", "en"];
/* px of the page: its width, where a long one is cut, and how wide it stands on the sheet */
const SIZES = [[1280, 800, 1400, 600], [390, 844, 1500, 292]];

const CAPTIONS = {
	"desk-out": "Before the shift: the line is tested",
	"desk-declare": "At home: what is said before the first call",
	"desk-ready": "Ready",
	"desk-offered": "A call is offered",
	"desk-talking": "A talk, and how the caller's voice comes",
	"desk-hold": "The caller is on hold",
	"desk-interrupted": "The line was lost in mid-talk",
	"desk-wrapup": "Wrap-up",
	"desk-pause": "Pause, and the door display",
	"desk-transfer": "To whom the caller is handed on",
	"desk-keypad": "Keys for a switchboard",
	"desk-keys": "All keys",
	"desk-devices": "Sound and devices",
	"desk-tour": "The tour of a first shift",
	"desk-covered": "Somebody came in",
	login: "Log in",
	"login-link": "A link that was used",
	account: "Account",
	"caller-none": "The caller's page",
	"caller-menu": "The caller hears a menu",
	"caller-waiting": "The caller waits",
	"caller-talking": "The caller talks, with keys",
	"caller-ended": "The call is over",
	door: "The door display",
	sheet: "The family's sheet",
	board: "Board",
	pulse: "Weekly question",
	week: "Week plan, one's own",
	"week-all": "Week plan of all",
	agreement: "Agreement: one's devices",
	ledger: "Damages of the ledger",
	own: "One's own data",
	people: "People",
	approvals: "Approvals",
	configuration: "Configuration",
	"logged-out": "Nobody is logged in",
};

async function shoot(page, [width, height, cut]) {
	await page.evaluate(() => /^H[12]$/.test(document.activeElement?.tagName) && document.activeElement.blur()); /* led there by the script */
	await page.setViewportSize({ width, height });
	await page.waitForTimeout(150);
	const whole = await page.evaluate(() => Math.max(document.documentElement.scrollHeight, document.body.scrollHeight));
	const tall = Math.min(Math.max(whole, 300), cut);
	await page.setViewportSize({ width, height: Math.max(tall, height) }); /* what is fixed at the foot stands there */
	await page.waitForTimeout(100);
	return page.screenshot({ fullPage: false });
}

async function sheet(page, shots, scheme) {
	const style = `body{margin:0;padding:16px;background:${scheme === "dark" ? "#000" : "#8a9298"};width:fit-content}
		.row{display:flex;gap:16px;align-items:start;margin-bottom:16px}img{display:block}`;
	const rows = SIZES.map(([width, , , wide], i) => {
		const images = LANGUAGES.map((l) => `<img width=${wide} src="data:image/png;base64,${shots[l][i].toString("base64")}">`);
		const groups = width > 600 ? [images.slice(0, 2), images.slice(2)] : [images];
		return groups.map((g) => `<div class=row>${g.join("")}</div>`).join("");
	});
	await page.setContent(`<!doctype html><style>${style}</style>${rows.join("")}`);
	const size = await page.evaluate(() => [document.body.offsetWidth, document.body.offsetHeight]);
	const cdp = await page.context().newCDPSession(page);
	const shot = async (format) => {
		const clip = { x: 0, y: 0, width: size[0], height: size[1], scale: 1 };
		const { data } = await cdp.send("Page.captureScreenshot", { ...format, captureBeyondViewport: true, clip });
		return Buffer.from(data, "base64");
	};
	const images = { webp: await shot({ format: "webp", quality: QUALITY[scheme] }), png: EYES && (await shot({ format: "png" })) };
	await cdp.detach();
	return images;
}

/* shots[scene][scheme][language]: a picture of each size. */
const shots = {};

async function keep(page, scene, language) {
	for (const scheme of SCHEMES) {
		await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
		const of = ((shots[scene.name] ??= {})[scheme] ??= {});
		of[language] = [];
		for (const size of SIZES)
			of[language].push(await shoot(page, size));
		if (EYES)
			SIZES.forEach(([width], i) => writeFileSync(join(EYES, `${scene.name}-${language}-${width}-${scheme}.png`), of[language][i]));
	}
	await page.setViewportSize({ width: 1280, height: 800 });
}

/* One desk with one line, led from view to view; what loses the line or covers the desk comes last. */
async function desks(browser, mock, peer, scenes, language) {
	const page = await page_open(browser, { locale: `${language}-CH` });
	const conn = await scene_open(page, mock, { ...scenes[0], ...SCENES[0], act: null });
	await page.locator('[data-action="line"]').press("Enter");
	await line_up({ page, conn }, peer, desk_view("out"));
	await page.locator(".came button").waitFor();
	const last = ["interrupted", "covered"];
	const at = (s) => last.findIndex((x) => s.name.endsWith(x));
	for (const scene of scenes.toSorted((a, b) => at(a) - at(b))) {
		conn.send(desk_view(scene.view));
		await page.locator(scene.ready).first().waitFor();
		await scene.act?.(page, conn);
		await keep(page, scene, language);
		await page.keyboard.press("Escape");
		await page.evaluate(() => document.activeElement.blur()); /* back where a dialog was asked for */
	}
	await page.context().close();
}

async function others(browser, mock, scenes, language) {
	const page = await page_open(browser, { locale: `${language}-CH` });
	for (const scene of scenes) {
		await scene_open(page, mock, scene);
		await keep(page, scene, language);
	}
	await page.context().close();
}

function index(names) {
	const part = (name) => `## ${CAPTIONS[name]}\n![${CAPTIONS[name]}](pictures/${name}.webp)\n\n![${CAPTIONS[name]}, dark](pictures/${name}-dark.webp)\n`;
	return `# Pictures
Every page in German, French, Italian and English, 1280 and 390 pixels wide, light and dark, with invented people and calls. Long pages are cut.
\`DESK_FILES=$PWD/build/dev/desk node desk/test/pictures.js\` takes them anew, and writes this page. The picture of a real call in the
README is taken by \`tests/e2e/pictures.test.mjs\`.

${names.map(part).join("\n")}`;
}

const wanted = SCENES.filter((s) => only.length === 0 || only.includes(s.name));
const nameless = SCENES.filter((s) => !CAPTIONS[s.name]);
if (nameless.length > 0)
	throw new Error(`no caption for ${nameless.map((s) => s.name)}`);
mkdirSync(FOLDER, { recursive: true });
if (EYES)
	mkdirSync(EYES, { recursive: true });
const mock = await mock_start(process.env.DESK_FILES);
const browser = await browser_start();
const peer = await peer_open(browser);
const board = await page_open(browser, { width: 1600 });
try {
	const of_desk = wanted.filter((s) => s.folder === "desk");
	for (const language of LANGUAGES) {
		if (of_desk.length > 0)
			await desks(browser, mock, peer, of_desk, language);
		await others(browser, mock, wanted.filter((s) => s.folder !== "desk"), language);
	}
	for (const { name } of wanted)
		for (const [scheme, of] of Object.entries(shots[name])) {
			const { webp, png } = await sheet(board, of, scheme);
			const file = name + (scheme === "dark" ? "-dark" : "");
			writeFileSync(join(FOLDER, `${file}.webp`), webp);
			if (png)
				writeFileSync(join(EYES, `${file}.png`), png);
			console.log(`${file} ${webp.length}`);
		}
	if (FOLDER === OURS)
		writeFileSync(join(ROOT, "docs/pictures.md"), index(SCENES.map((s) => s.name)));
} finally {
	await browser.close();
	await mock.close();
}
