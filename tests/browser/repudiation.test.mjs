// "This was not me": the link in a mail, the page it leads to, the hold on one's own page and on the administrators', and a
// backup code that ends it; in a real browser, on a desk and on a phone, in both languages, with an eye on accessibility.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, devices, flow, givePassword, isSignedIn, letPass, looksRight, Mailbox, newTab, open, Phone, signOut } from './site.mjs';

const words = {
  en: { ask: /Nothing has been done yet/, done: /All sign-ins have ended/, used: /was used before/, over: /not good, or not any more/, held: /nobody can change the second factors/, ended: /The hold has ended/ },
  de: { ask: /Bisher ist nichts geschehen/, done: /Alle Anmeldungen sind beendet/, used: /wurde schon benutzt/, over: /gilt nicht oder nicht mehr/, held: /kann niemand die zweiten Faktoren/, ended: /Die Sperre ist aufgehoben/ },
};

for (const [device] of devices) {
  for (const language of ['en', 'de']) {
    test(`this was not me, on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, browser, page, complaints } = await begin(t, device, { locale: language === 'de' ? 'de-DE' : 'en-GB' });
      const user = language === 'de' ? 'bert' : 'anna';
      const said = words[language];
      const looks = (name, tab = page) => looksRight(tab, `repudiation-${language}-${name}`);

      await givePassword(page, site, user);
      await isSignedIn(page, user);
      await open(page, 'preferences');
      await page.click('form:has(input[value=start]) button');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      const [first, second] = (await page.locator('.tf-codes code').allInnerTexts()).map((code) => code.trim());
      // Codes end a hold if they are older than a week.
      letPass(site, 8 * 86400);
      await signOut(page, site);
      await givePassword(page, site, user);
      await answer(page, phone.code());
      await isSignedIn(page, user);
      await open(page, 'preferences');
      await page.selectOption('form:has(input[value=prove]) select', 'backup');
      await page.fill('#tf-code', first);
      await page.click('form:has(input[value=prove]) button');
      await page.waitForSelector('form:has(input[value=regenerate])');

      const text = new Mailbox(site, `${user}@example.org`).letters().at(-1).text;
      const link = text.match(/^http\S+twofactor_notice=\S+$/m)?.[0];
      assert.ok(link, text);
      const other = await newTab(await browser.newContext({ viewport: page.viewportSize(), locale: language === 'de' ? 'de-DE' : 'en-GB' }));
      await other.goto(link);
      assert.match(await other.innerText('main'), said.ask);
      await looks('1-ask', other);
      await page.reload();
      assert.equal(await page.locator('#tf-hold').count(), 0, 'looked at, and nothing done');
      await other.click('form button.tf-go');
      assert.match(await other.innerText('main'), said.done);
      assert.equal(new URL(other.url()).search, '', 'the token is in no address any more');
      await looks('2-done', other);
      await other.goto(link);
      assert.match(await other.innerText('main'), said.used);
      const narrow = await other.locator('.tf-facts dd').evaluateAll((all) => all.filter((one) => one.clientWidth < 0.6 * one.parentElement.clientWidth).length);
      assert.equal(narrow, 0, 'what happened is not read word by word beside what it is called');
      await looks('3-used', other);
      const answered = await other.goto(`${link}x`);
      assert.equal(answered.status(), 404);
      assert.match(await other.innerText('main'), said.over);
      await looks('4-over', other);

      await givePassword(page, site, user);
      await answer(page, phone.code());
      await isSignedIn(page, user);
      await open(page, 'preferences');
      assert.match(await page.innerText('main'), said.held);
      assert.equal(await page.locator('main form').count(), 1);
      await looks('5-held');
      if (language === 'en') {
        await administrate(other, site);
        await open(other, 'defaultadmin');
        await looks('6-users', other);
        await other.click(`main th a:has-text("${user}")`);
        await other.waitForSelector('button[value=release-hold]');
        await looks('7-user', other);
      }
      await page.fill('#tf-release-code', second);
      await page.click('form:has(input[value=end-hold]) button');
      assert.match(await page.innerText('main'), said.ended);
      await looks('8-ended');
      assert.deepEqual(complaints, []);
    });
  }
}
