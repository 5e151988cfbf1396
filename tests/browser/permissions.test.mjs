// Premium: what a help desk, an auditor and whoever looks after providers see of the administration, in a real browser, on a
// desk in English and on a phone in German.

import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { administrate, begin, flow, looksRight, newTab, open } from './site.mjs';

const words = {
  'en-GB': { rank: 'You have no permission for this user', waits: 'What you save waits for an administrator' },
  'de-DE': { rank: 'Sie haben keine Berechtigung für diesen Benutzer', waits: 'Was Sie speichern, wartet auf einen Administrator' },
  'he-IL': { rank: 'אין לך הרשאה למשתמש הזה', waits: 'מה שנשמר כאן ממתין למנהל מערכת' },
};

/** bert has that permission, in a group of his own, and nothing else of the kind. */
const give = (site, permission) => execFileSync('php', ['-r', `
  $host = new PDO('sqlite:' . $argv[1]);
  $host->exec("DELETE FROM cms_group_perms WHERE group_id = 7");
  $host->exec("DELETE FROM cms_user_groups WHERE group_id = 7");
  $host->exec("INSERT INTO cms_user_groups (group_id, user_id) VALUES (7, 3)");
  $host->exec("INSERT INTO cms_group_perms (group_perm_id, group_id, permission_id) SELECT 97, 7, permission_id FROM cms_permissions WHERE permission_name = " . $host->quote($argv[2]));
`, '--', join(site.folder, 'host.sqlite'), permission]);

const tabs = (page) => page.locator('nav.tf-tabs:not(.tf-within) a').evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get('m1_tab')));
const asked = (page) => page.locator('main form[method=post] [name=m1_do]').evaluateAll((all) => [...new Set(all.map((one) => one.value))].sort());

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`a part of the administration on a ${device} in ${locale}, ${flow} flow`, { timeout: 300000 }, async (t) => {
    const { site, browser, page, complaints } = await begin(t, device, { locale, options: ['--premium'] });
    const says = words[locale];
    const looks = (name) => looksRight(page, `permissions-${name}-${locale.slice(0, 2)}`);
    const other = await newTab(await browser.newContext({ locale: 'en-GB' }));
    await administrate(other, site, 'anna');
    const office = await newTab(await browser.newContext({ locale: 'en-GB' }));
    await administrate(office, site);
    const key = (await office.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    await office.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
    await office.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await office.waitForSelector('b.result:text-is("TwoFactorPro")');
    await open(office, 'defaultadmin');
    await office.click('.tf-tabs a[href*="m1_tab=premium"]');
    await office.fill('#tf-key', site.licence_key);
    await office.focus('#tf-key');
    await office.keyboard.press('Enter');
    await office.waitForSelector('.tf-facts');

    give(site, 'help_twofactor_users');
    await administrate(page, site, 'bert');
    await open(page, 'defaultadmin');
    const address = (query) => page.url().replace(/&m1_.*$/, '') + query;
    assert.deepEqual(await tabs(page), ['users']);
    assert.equal(await page.locator('tbody a').count(), 2, 'anna and bert, and not the administrator');
    await looks('helper-1-users');
    await page.click('tbody a:has-text("anna")');
    await page.waitForSelector('.tf-facts');
    assert.deepEqual(await asked(page), ['temporary-code', 'unlock']);
    await looks('helper-2-user');
    await page.goto(address('&m1_tab=user&m1_user=1'));
    await page.waitForSelector(`text=${says.rank}`);
    await looks('helper-3-denied');
    await page.goto(address('&m1_tab=user&m1_user=3'));
    assert.deepEqual(await asked(page), ['unlock'], 'no code for themselves');

    give(site, 'read_twofactor_audit');
    await page.goto(address(''));
    assert.deepEqual(await tabs(page), ['audit', 'events']);
    assert.deepEqual(await asked(page), []);
    await looks('reader-1-audit');
    await page.click('.tf-tabs a[href*="m1_tab=events"]');
    await page.waitForSelector('#tf-type');
    assert.ok((await asked(page)).every((one) => one.startsWith('events-filter-')));
    await looks('reader-2-events');

    give(site, 'manage_twofactor_providers');
    await page.goto(address(''));
    assert.deepEqual(await tabs(page), ['messages', 'providers', 'health']);
    await page.click('.tf-tabs a[href*="m1_tab=providers"]');
    await page.waitForSelector('#tf-list');
    await looks('providers-1-list');
    await page.click('a[href*="m1_add=sns"]');
    await page.waitForSelector(`text=${says.waits}`);
    await looks('providers-2-form');
    await page.fill('[name=m1_set_access_key]', 'AKIAIOSFODNN7EXAMPLE');
    await page.fill('[name=m1_set_secret]', '0123456789012345678901234567890123456789');
    await page.fill('[name=m1_set_region]', 'eu-central-1');
    await page.focus('[name=m1_set_region]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tf-providers');
    assert.ok(!(await asked(page)).includes('provider-confirm'));
    await looks('providers-3-waits');

    give(site, 'manage_twofactor_settings');
    await page.goto(address(''));
    assert.deepEqual(await tabs(page), ['settings', 'devices', 'health']);
    await looks('settings-1');
    await page.goto(address('&m1_tab=leave'));
    await looks('settings-2-denied');
    give(site, 'manage_twofactor_premium');
    await page.goto(address(''));
    assert.deepEqual(await tabs(page), ['premium', 'health']);
    await looks('premium-1');
    assert.deepEqual(complaints, []);
  });
}
