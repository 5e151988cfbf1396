// Where secrets are derived: the list of recovery codes, a code that was mistyped, a later one, a new key for the app, and
// the last code, which switches the second factor off; in a real browser, on a desk and on a phone, in both languages, with
// an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { answer, begin, devices, flow, givePassword, isSignedIn, looksRight, open, Phone, signOut } from './site.mjs';

// As a container sets it; the site's PHP inherits it.
process.env.TWOFACTOR_SECRETS = 'derived';

/** What is said of recovery codes, and what cannot be missed. */
const words = {
  en: { jump: /a later code is accepted, too, and then all before it are worth nothing/, last: /number 10, switches your second factor off/, mistyped: /not counted as an attempt/, off: /your second factor is off now.*you cannot finish your next sign-in without it/ },
  de: { jump: /Auch ein späterer Code wird angenommen, und dann gelten alle davor nicht mehr/, last: /Nummer 10, schaltet Ihren zweiten Faktor ab/, mistyped: /nicht als Versuch gezählt/, off: /Ihr zweiter Faktor ist jetzt abgeschaltet.*Ohne ihn können Sie Ihre nächste Anmeldung nicht abschließen/ },
};

for (const [device] of devices) {
  for (const language of ['en', 'de']) {
    test(`recovery codes on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, page, complaints } = await begin(t, device, { locale: language === 'de' ? 'de-DE' : 'en-GB' });
      const user = language === 'de' ? 'bert' : 'anna';
      const said = words[language];
      const looks = (name) => looksRight(page, `recovery-${language}-${name}`);
      const confirm = async () => {
        await page.waitForSelector('.tf-secret');
        const phone = new Phone(await page.textContent('.tf-secret code'), site);
        await page.fill('#tf-code', phone.code());
        await page.click('form:has(input[value=confirm]) button');
        await page.waitForSelector('ol.tf-codes');
        return phone;
      };
      const codesOn = async () => (await page.locator('ol.tf-codes code').allInnerTexts()).map((code) => code.trim());

      await givePassword(page, site, user);
      await isSignedIn(page, user);
      await open(page, 'preferences');
      await page.click('form:has(input[value=start]) button');
      await confirm();
      const codes = await codesOn();
      assert.equal(codes.length, 10);
      const text = await page.innerText('.tf-print');
      assert.match(text, said.jump);
      assert.match(text, said.last);
      await looks('1-codes');
      assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('form:has(input[value=download]) button')]);
      assert.equal(file.suggestedFilename(), 'recovery-codes.txt');

      await signOut(page, site);
      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      await page.click('button[name=twofactor_use][value=recovery]');
      await looks('2-challenge');
      await answer(page, codes[2].slice(0, -1) + (codes[2].endsWith('A') ? 'B' : 'A'));
      await page.waitForSelector('#twofactor_problem');
      assert.match(await page.innerText('#twofactor_problem'), said.mistyped);
      await looks('3-mistyped');
      await answer(page, codes[2].toLowerCase().replaceAll('-', ' '));
      await isSignedIn(page, user);
      await open(page, 'preferences');
      await page.selectOption('form:has(input[value=prove]) select', 'recovery');
      await page.fill('#tf-code', codes[3]);
      await page.click('form:has(input[value=prove]) button');
      await page.waitForSelector('form:has(input[value=rotate])');
      assert.match(await page.innerText('.tf-facts'), /6 .*5/);
      await looks('4-preferences');
      await page.click('form:has(input[value=rotate]) button');
      await confirm();
      const renewed = await codesOn();
      assert.ok(renewed.every((code) => !codes.includes(code)));

      await signOut(page, site);
      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      await page.click('button[name=twofactor_use][value=recovery]');
      await answer(page, renewed[9]);
      await isSignedIn(page, user);
      assert.match(await page.innerText('main'), said.off);
      assert.ok(await page.locator('form:has(input[value=start])').first().isVisible(), 'it is set up anew there');
      await looks('5-off');
      // What they do not set up there, the next sign-in ends with.
      await signOut(page, site);
      await givePassword(page, site, user);
      const anew = new Phone(await page.textContent('.tf-secret code'), site);
      await answer(page, anew.code());
      await page.waitForSelector('.tf-codes');
      assert.ok((await page.locator('.tf-codes code').allInnerTexts()).every((code) => !renewed.includes(code.trim())));
      await page.click('.tf-actions a');
      await isSignedIn(page, user);
      assert.deepEqual(complaints, [], 'what the browser complained about');
    });
  }
}
