// Premium: the pages with the figures of a site, its events, many of its users and the text for a question, in a real browser, on a desk in English and in Hebrew, and on a phone in German.

import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { administrate, begin, flow, looksRight, open } from './site.mjs';

const words = {
  'en-GB': { title: 'Networks with the most wrong answers', table: 'Show as a table', counted: 'counted up to now', done: 'Done: 2', filter: 'New factors' },
  'de-DE': { title: 'Netze mit den meisten falschen Antworten', table: 'Als Tabelle zeigen', counted: 'ist bis jetzt gezählt', done: 'Ausgeführt: 2', filter: 'Neue Faktoren' },
  'he-IL': { title: 'רשתות עם מספר התשובות השגויות הגדול ביותר', table: 'הצגה כטבלה', counted: 'נספר עד עכשיו', done: 'בוצע: 2', filter: 'גורמים חדשים' },
};

/** Two months of a site, as if they had been: events of users who are in no chain. */
const twoMonths = (site) => execFileSync('php', ['-r', `
  $store = new PDO('sqlite:' . $argv[1]);
  $name = $store->query('SELECT site FROM account LIMIT 1')->fetchColumn();
  $add = $store->prepare('INSERT INTO audit (site, user, seq, at, body, mac) VALUES (?, ?, ?, ?, CAST(? AS BLOB), zeroblob(32))');
  $store->beginTransaction();
  $seq = 0;
  for ($day = 60; $day > 0; $day--) {
    $wrong = $day === 17 ? 90 : $day % 4;
    $happens = ['challenge.opened' => 12 + $day % 7, 'factor.accepted' => 10 + $day % 5, 'factor.rejected' => $wrong, 'factor.enrolled' => $day % 3, 'code.sent' => $day % 5, 'factor.blocked' => intdiv($wrong, 20)];
    foreach ($happens as $kind => $times) {
      for ($n = 0; $n < $times; $n++) {
        $event = ['kind' => $kind, 'method' => $kind === 'code.sent' || $n % 3 === 0 ? 'sms' : 'totp', 'purpose' => 'login', 'requester' => 'password', 'ip' => '198.51.100.' . ($n % 9)];
        $add->execute([$name, 'u' . $n, ++$seq, time() - $day * 86400, json_encode($event)]);
      }
    }
  }
  $store->commit();
`, '--', join(site.folder, 'store/twofactor.sqlite')]);

/** So many that an act on them takes several turns. */
const manyUsers = (site) => execFileSync('php', ['-r', `
  $site = new PDO('sqlite:' . $argv[1]);
  $add = $site->prepare("INSERT INTO cms_users VALUES (?, ?, '', 1, 'Uta', ?, ?, 1, NULL, NULL)");
  $site->beginTransaction();
  for ($n = 0; $n < 130; $n++) {
    $add->execute([1000 + $n, sprintf('user%03d', $n), "Last$n", "user$n@example.org"]);
  }
  $site->commit();
`, '--', join(site.folder, 'host.sqlite')]);

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE'], ['desk', 'he-IL']]) {
  test(`figures on a ${device} in ${locale}, ${flow} flow`, { timeout: 300000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { locale, options: ['--premium'] });
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    await administrate(page, site);
    twoMonths(site);
    const key = (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    await page.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
    await page.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await page.waitForSelector('b.result:text-is("TwoFactorPro")');
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="m1_tab=premium"]');
    await page.fill('#tf-key', site.licence_key);
    await page.focus('#tf-key');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tf-facts');
    await page.click('.tf-within a[href*="m1_tab=figures"]');
    await page.waitForSelector(`h2:text-is("${says.title}")`);
    await page.reload();
    assert.ok(await page.locator(`text=${says.counted}`).count());
    await looksRight(page, named('figures-1'));

    // The table of a picture: opened by the keyboard, and within the page.
    const first = page.locator('.tf-charts details').first();
    await first.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.ok(await first.locator('table').isVisible());
    await looksRight(page, named('figures-2-table'));

    const [file] = await Promise.all([page.waitForEvent('download'), page.click('a[href*="m1_file=days"]')]);
    assert.match(file.suggestedFilename(), /^two-factor-days-[\d-]+\.csv$/);

    // The audit, searched.
    await page.click('.tf-within a[href*="m1_tab=events"]');
    await page.selectOption('#tf-type', 'factor.enrolled');
    await page.selectOption('#tf-severity', 'warning');
    await page.click('.tf-filter button');
    await page.waitForSelector('option[value="factor.enrolled"][selected]', { state: 'attached' });
    assert.ok(await page.locator('tbody tr').count() > 10);
    await looksRight(page, named('events-1'));
    const [events] = await Promise.all([page.waitForEvent('download'), page.click('a[download][href*="m1_file=csv"]')]);
    assert.match(events.suggestedFilename(), /^two-factor-events-[\d-]+\.csv$/);
    assert.ok(readFileSync(await events.path(), 'utf8').split('\r\n').length > 60, 'all that are found, and not a page of them');

    // A filter with a name, by the keyboard.
    await page.focus('.tf-filters summary');
    await page.keyboard.press('Enter');
    await page.fill('#tf-filter-name', says.filter);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`.tf-saved bdi:text-is("${says.filter}")`);
    assert.equal(await page.getAttribute('.tf-saved a', 'aria-current'), 'true');
    await page.focus('.tf-filters summary');
    await page.keyboard.press('Enter');
    await looksRight(page, named('events-2-saved'));
    await page.click('.tf-within a[href*="m1_tab=events"]');
    await page.click('.tf-saved a');
    await page.waitForSelector('option[value="factor.enrolled"][selected]', { state: 'attached' });

    // Many users at once: ticked, looked at, done.
    await page.click('.tf-within a[href*="m1_tab=people"]');
    await page.waitForSelector('#tf-state');
    await looksRight(page, named('people-1'));
    await page.check('tr:has-text("anna") input[type=checkbox]');
    await page.check('tr:has-text("bert") input[type=checkbox]');
    await page.selectOption('#tf-act', 'unlock');
    await page.click('form:has(input[value=people-look]) button');
    await page.waitForSelector('form:has(input[value=people-act])');
    await looksRight(page, named('people-2-looked'));
    await page.fill('#tf-reason', 'they have called');
    await page.focus('#tf-reason');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`text=${says.done}`);
    await looksRight(page, named('people-3-done'));

    // Everybody whom a filter finds, page by page: the script goes on by itself, and reads out how it ended.
    manyUsers(site);
    await page.click('.tf-within a[href*="m1_tab=people"]');
    await page.fill('#tf-search', 'user');
    await page.click('.tf-filter button');
    await page.waitForSelector('th:has-text("user000")');
    const [users] = await Promise.all([page.waitForEvent('download'), page.click('a[download][href*="m1_file=csv"]')]);
    assert.match(users.suggestedFilename(), /^two-factor-users-[\d-]+\.csv$/);
    assert.equal(readFileSync(await users.path(), 'utf8').trimEnd().split('\r\n').length, 131, 'all that are found');
    await page.check('input[name="m1_all"]');
    await page.selectOption('#tf-act', 'unlock');
    await page.click('form:has(input[value=people-look]) button');
    await page.waitForSelector('form:has(input[value=people-act])');
    await looksRight(page, named('people-4-all'));
    // As without scripts: each turn is a button.
    await page.route('**/twofactor.js*', (route) => route.abort());
    await page.fill('#tf-reason', 'they have called');
    await page.focus('#tf-reason');
    await page.keyboard.press('Enter');
    await page.waitForSelector('form:has(input[value=people-go-on])');
    const far = () => page.getAttribute('progress', 'value').then(Number);
    const begun = await far();
    assert.ok(begun > 0 && begun <= 50, `${begun}`);
    await looksRight(page, named('people-5-progress'));
    await page.click('form:has(input[value=people-go-on]) .tf-actions button');
    assert.ok(await far() > begun);
    await page.unroute('**/twofactor.js*');
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes('ERR_FAILED')));
    // The same form once more, as by a reload, does nothing and goes on by no script; whoever has looked presses the button.
    await page.reload();
    await page.waitForSelector('[role=alert]');
    assert.equal(await page.locator('form[data-go-on]').count(), 0);
    await page.click('form:has(input[value=people-go-on]) .tf-actions button');
    // A turn does what a tenth of a second is enough for: on a busy machine two users.
    await page.waitForSelector('[role=status]', { timeout: 300_000 });
    assert.equal(await far(), 130);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tf-people');
    await looksRight(page, named('people-6-result'));

    // A question to support: one button, a text to read, and the same as a file.
    await page.click('.tf-within a[href*="m1_tab=support"]');
    await page.waitForSelector('form:has(input[value=support-make])');
    await looksRight(page, named('support-1'));
    await page.focus('form:has(input[value=support-make]) button.tf-button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('pre');
    await looksRight(page, named('support-2-made'));
    const shown = await page.textContent('pre');
    assert.match(shown, /^twofactor support bundle, version 1\n/);
    assert.doesNotMatch(shown, /anna|bert|@/);
    const [text] = await Promise.all([page.waitForEvent('download'), page.click('button[value=support-file]')]);
    assert.match(text.suggestedFilename(), /^two-factor-support-[\d-]+\.txt$/);
    assert.equal(readFileSync(await text.path(), 'utf8').trimEnd(), shown.trimEnd());
    assert.deepEqual(complaints, []);
  });
}
