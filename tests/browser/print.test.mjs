// Backup codes on paper: the button asks the browser to print, and what is printed is the codes and nothing else.

import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { begin, devices, flow, givePassword, isSignedIn, open, Phone, pictures, signOut } from './site.mjs';

/** Everything on the page that leaves ink: its own words or a picture, not hidden, not outside the paper. */
const printed = (page) => page.evaluate(() => {
  const found = [];
  const seen = (element) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && style.visibility === 'visible' && box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0;
  };
  for (const element of document.body.querySelectorAll('*')) {
    const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join(' ').trim();
    const isPicture = ['IMG', 'SVG', 'CANVAS', 'BUTTON', 'INPUT', 'VIDEO'].includes(element.tagName.toUpperCase());
    if ((words !== '' || isPicture) && !['SCRIPT', 'STYLE'].includes(element.tagName) && seen(element)) {
      found.push({ words, tag: element.tagName, isOfCodes: element.closest('.tf-print') !== null });
    }
  }
  return found;
});

/** How many dots of the picture are not white, by rows: counted by the browser itself. */
const ink = (page, picture) => page.evaluate(async (data) => {
  const bitmap = await createImageBitmap(await (await fetch(data)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const dots = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const rows = [];
  for (let y = 0; y < bitmap.height; y++) {
    let dark = 0;
    for (let x = 0; x < bitmap.width; x++) {
      const at = 4 * (y * bitmap.width + x);
      dark += dots[at] < 240 || dots[at + 1] < 240 || dots[at + 2] < 240 ? 1 : 0;
    }
    rows.push(dark);
  }
  return rows;
}, `data:image/png;base64,${picture.toString('base64')}`);

for (const [device] of devices) {
  test(`backup codes are printed from a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device);
    await page.addInitScript(() => {
      window.asked = 0;
      window.print = () => { window.asked += 1; };
    });
    await givePassword(page, site, 'anna');
    await open(page, 'preferences');
    await page.click('.tf button[type=submit]');
    await page.waitForSelector('.tf-qr svg');
    const phone = new Phone((await page.textContent('#tf-secret')).replace(/\s/g, ''), site);
    await page.fill('input[name=m1_code]', phone.code());
    await page.click('.tf-steps button[type=submit]');
    await page.waitForSelector('.tf-codes li');
    const codes = (await page.locator('.tf-codes li').allInnerTexts()).map((code) => code.trim());
    assert.equal(codes.length, 10);

    // On the screen there is more than the codes, and nothing is printed unasked.
    assert.ok((await printed(page)).some((one) => !one.isOfCodes));
    assert.equal(await page.evaluate(() => window.asked), 0);
    await page.click('button[data-print]');
    assert.equal(await page.evaluate(() => window.asked), 1, 'the button asks the browser to print');
    assert.equal(await page.locator('.tf-codes li').count(), 10, 'and the codes stay where they are');

    await page.emulateMedia({ media: 'print' });
    const paper = await printed(page);
    assert.deepEqual(paper.filter((one) => !one.isOfCodes), [], 'nothing but the codes is printed');
    assert.deepEqual(paper.filter((one) => ['BUTTON', 'INPUT', 'A'].includes(one.tag)), [], 'and nothing to press');
    assert.deepEqual(paper.filter((one) => one.tag === 'CODE').map((one) => one.words), codes);
    const words = paper.map((one) => one.words).join('\n');
    assert.match(words, /Test host, anna/, 'whose they are');
    assert.ok(!words.includes('tests') && !/My preferences|Sign out/i.test(words));

    // The picture says the same: ink where the codes are, and none where they are not.
    const file = join(pictures, `${flow}-${page.viewportSize().width}-print.png`);
    const picture = await page.screenshot({ fullPage: true });
    writeFileSync(file, picture);
    const box = await page.locator('.tf-print').boundingBox();
    assert.ok(box.x >= 0 && box.x < 40 && box.y >= 0 && box.y < 40, 'the codes begin at the top of the paper');
    assert.ok(box.width <= page.viewportSize().width, 'and fit on it');
    const list = await page.locator('.tf-codes').boundingBox();
    const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g);
    assert.equal(sheets.length, 1, 'one sheet is enough');
    await page.emulateMedia({ media: 'screen' });
    const rows = await ink(page, picture);
    const scale = rows.length / Math.max(rows.length, box.y + box.height);
    const between = (from, to) => rows.slice(Math.round(from * scale), Math.round(to * scale)).reduce((sum, dark) => sum + dark, 0);
    assert.ok(between(list.y, list.y + list.height) > 500, 'the codes are dark on white');
    assert.equal(between(box.y + box.height + 2, rows.length), 0, 'below them the paper is empty');

    await signOut(page, site);
    await givePassword(page, site, 'anna');
    await page.waitForSelector('input[name=twofactor_code]');
    await page.click('button[name=twofactor_use][value=backup]');
    await page.fill('input[name=twofactor_code]', codes[9]);
    await page.click('form button.tf-go');
    await isSignedIn(page, 'anna');
    assert.deepEqual(complaints, []);
  });
}
