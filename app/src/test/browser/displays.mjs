// A person at the web display, played by a headless Chromium: what BrowserTest cannot do itself.
//   node displays.mjs PLAYWRIGHT CHROMIUM ADDRESS live|watch [PICTURE.png]
// Exits with 0 if everything was as it should be, otherwise says what was not.
import { pathToFileURL } from 'node:url';

const [playwright, chromium, address, what, picture] = process.argv.slice(2);
const { default: { chromium: driver } } = await import(pathToFileURL(`${playwright}/index.js`));

const PATIENCE = 120_000;
const browser = await driver.launch({ executablePath: chromium, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1560, height: 760 } });
page.setDefaultTimeout(PATIENCE);
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));

// xterm.js makes its rows when it comes to it
const serial = () => page.evaluate(() => document.querySelector('.xterm-rows')?.innerText ?? '');

/** Waits until something is so. */
async function until(said, condition) {
  for (const end = Date.now() + PATIENCE; !(await condition()); ) {
    if (Date.now() > end) {
      throw new Error(`never came: ${said}; serial console:\n${await serial()}`);
    }
    await page.waitForTimeout(50);
  }
}

const serialHas = (pattern) => until(pattern, async () => pattern.test(await serial()));
const canvas = page.locator('#screen canvas');
const screen = () => canvas.evaluate((element) => element.toDataURL());

/** How many points of the screen are not black; there are none before the first picture. */
const lit = () =>
  canvas.evaluate((element) => {
    if (element.width === 0) {
      return 0;
    }
    const points = element.getContext('2d').getImageData(0, 0, element.width, element.height).data;
    let count = 0;
    for (let at = 0; at < points.length; at += 4) {
      count += points[at] + points[at + 1] + points[at + 2] > 0 ? 1 : 0;
    }
    return count;
  });

async function live() {
  await serialHas(/type help/);
  await until('a text on the screen', async () => (await lit()) > 500);

  // into the screen, by the PS/2 keyboard
  const before = await screen();
  await canvas.click({ position: { x: 300, y: 150 } });
  await page.keyboard.type('sum\n');
  await serialHas(/sum 7599DBA7/);
  await until('a change of the screen', async () => (await screen()) !== before);

  // into the serial console
  await page.locator('#serial').click();
  await page.keyboard.type('time\n');
  await serialHas(/time \d+ ticks/);

  await until('figures', async () => /\d bytes/.test(await page.textContent('#figure-recorded')));
  if (picture) {
    await page.screenshot({ path: picture });
  }

  await page.getByRole('button', { name: 'Reset' }).click();
  await serialHas(/type help[^]*type help/);
  await canvas.click();
  await page.keyboard.type('off\n');
  await page.locator('#state', { hasText: 'powered off' }).waitFor();
}

async function watch() {
  await until('a screen', async () => (await lit()) > 50);
  await page.locator('#notice', { hasText: 'watching only' }).waitFor();
  await serialHas(/> /);
  for (const name of ['Power', 'Reset', 'Ctrl-Alt-Del']) {
    if (!(await page.getByRole('button', { name }).isDisabled())) {
      throw new Error(`${name} can be pushed`);
    }
  }
  await canvas.click();
  await page.keyboard.type('fault\n');
  await page.locator('#serial').click();
  await page.keyboard.type('fault\n');
  await serialHas(/sum 7599DBA7/);
  await page.locator('#state', { hasText: 'replayed' }).waitFor();
  await until('a text on the screen', async () => (await lit()) > 500);
  if (/fault/.test(await serial())) {
    throw new Error('a replay took what was typed');
  }
}

try {
  await page.goto(address);
  await (what === 'live' ? live() : watch());
  if (complaints.length > 0) {
    throw new Error(`the page complains: ${complaints.join('; ')}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
