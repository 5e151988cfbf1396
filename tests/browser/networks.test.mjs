// Premium: the page that shows the rules about networks, and the bar that asks for a new password, in a real browser, on a desk
// in English and on a phone in German.

import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { administrate, begin, flow, isSignedIn, looksRight, open } from './site.mjs';

const words = {
  'en-GB': { none: 'No list is set', quiet: 'No alarm was raised', suspected: 'Somebody else seems to know your password', change: 'Change password', here: 'Enter a new one here now' },
  'de-DE': { none: 'Keine Liste ist gesetzt', quiet: 'Es gab keinen Alarm', suspected: 'Jemand anderes scheint Ihr Passwort zu kennen', change: 'Passwort ändern', here: 'Geben Sie hier jetzt ein neues ein' },
};

/** As after a proof that said so: what the site keeps of it. */
const askForNewPassword = (site, id) => execFileSync('php', ['-r', `
  (new PDO('sqlite:' . $argv[1]))->exec("INSERT INTO cms_siteprefs (sitepref_name, sitepref_value) VALUES ('TwoFactor_new_password_$argv[2]', '1')");
`, '--', join(site.folder, 'host.sqlite'), String(id)]);

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`networks on a ${device} in ${locale}, ${flow} flow`, { timeout: 120000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { locale, options: ['--premium'] });
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    await administrate(page, site);
    const key = (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    await page.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
    await page.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await page.waitForSelector('b.result:text-is("TwoFactorPro")');
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="m1_tab=premium"]');
    await page.click('.tf-within a[href*="m1_tab=networks"]');
    await page.waitForSelector(`text=${says.none}`);
    assert.ok(await page.locator(`text=${says.quiet}`).count());
    assert.equal(await page.locator('main form').count(), 0);
    await looksRight(page, named('networks-1'));

    askForNewPassword(site, 1);
    await page.reload();
    await page.waitForSelector(`text=${says.suspected}`);
    await looksRight(page, named('networks-2-suspected'));
    await page.click(`a:text-is("${says.change}")`);
    await page.waitForSelector(`text=${says.here}`);
    await isSignedIn(page, 'admin');
    await looksRight(page, named('networks-3-account'));
    assert.deepEqual(complaints, []);
  });
}
