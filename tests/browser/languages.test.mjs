// The module in the seven languages that it has, at the width of a phone: on every page that links lead to, and on those
// of a sign-in, nothing is cut, nothing is left in English, and Hebrew is written from right to left.

import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { administrate, begin, flow, givePassword, isSignedIn, Mailbox, newTab, open, pictures, requireEnrolment } from './site.mjs';

// English first: what the others still say in it is found by that.
const languages = ['en', ...(process.env.TWOFACTOR_LANGUAGES ?? 'de,es,fi,fr,he,it').split(',')];
const width = Number(process.env.TWOFACTOR_WIDTH ?? 390);

/** What of a page is cut, and what it says, element by element. Runs in the page. */
function read() {
  const isSeen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const pen = document.createElement('canvas').getContext('2d');
  const cut = [];
  const fits = (field, text) => {
    const style = getComputedStyle(field);
    pen.font = style.font;
    pen.letterSpacing = style.letterSpacing;
    if (pen.measureText(text).width > field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + 1) {
      cut.push(`the example of ${field.id || field.name}: ${text}`);
    }
  };
  /** How much wider a list would be with room for all that can be chosen. */
  const lacks = (list) => {
    const copy = list.cloneNode(true);
    [...copy.options].filter((option) => option.disabled).forEach((option) => option.remove());
    copy.style.cssText = 'width: auto !important; max-width: none !important; position: absolute';
    list.after(copy);
    const lack = copy.offsetWidth - list.offsetWidth;
    copy.remove();
    return lack;
  };
  document.querySelectorAll('.tf details').forEach((one) => { one.open = true; });
  for (const one of document.querySelectorAll('.tf, .tf *, .tf-login, .tf-login *')) {
    // Unseen on purpose, for readers of screens.
    if (!isSeen(one) || one.closest('.tf-unseen, caption, thead, svg, option')) {
      continue;
    }
    if (one.matches('select')) {
      // Countries, apps that people have named and events are called what they are called, and some of that is long.
      if (!one.matches('[name$=region], [name$=factor], #tf-type') && lacks(one) > 1) {
        cut.push(`a choice of ${one.id || one.name}: ${[...one.options].map((option) => option.text).join(' | ')}`);
      }
    } else if (one.matches('input, textarea')) {
      one.placeholder && fits(one, one.placeholder);
    } else if (one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1) {
      cut.push(`${one.tagName} ${one.className}: ${one.textContent.trim().replace(/\s+/g, ' ').slice(0, 60)}`);
    }
    const box = one.getBoundingClientRect();
    if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1)) {
      cut.push(`beside the page: ${one.tagName} ${one.className}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) {
    cut.push('the page itself');
  }
  const texts = [document.title.replace(/ - .*/, '')];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const inPlace = document.querySelector('.tf, html');
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const own = parent.closest('.tf, .tf-login');
    // What nobody has translated is said to be English.
    const isOurs = own !== null && parent.closest('[lang]').lang === inPlace.lang && !parent.closest('script, style, textarea, pre');
    isOurs && texts.push(walk.currentNode.data.trim());
  }
  for (const one of document.querySelectorAll('.tf [aria-label], .tf [data-confirm], .tf [placeholder], .tf [data-label]')) {
    texts.push(...['aria-label', 'data-confirm', 'placeholder', 'data-label'].map((name) => one.getAttribute(name) ?? ''));
  }
  const { lang, direction } = { lang: inPlace.lang, direction: getComputedStyle(inPlace).direction };
  return { cut: [...new Set(cut)], texts: [...new Set(texts)].filter(Boolean), lang, direction };
}

// Names, settings and commands are the same everywhere.
const isSentence = (text) => (text.match(/(?<![\w{.$/_-])[a-z]{3,}(?![\w}./_-])/g) ?? []).length > 2;

/** Looks at pages of a site, and remembers what was wrong and what is said in English. */
async function start(t, options) {
  const { site, browser, page, complaints } = await begin(t, 'phone', { options });
  await page.setViewportSize({ width, height: 844 });
  page.on('dialog', (dialog) => dialog.accept());
  const english = new Map();
  const faults = [];
  const look = async (tab, language, name) => {
    await tab.waitForLoadState();
    const found = await tab.evaluate(read);
    const say = (what) => faults.push(`${language}, ${name}: ${what}`);
    found.cut.forEach((one) => say(`cut: ${one}`));
    found.lang === language || say(`says that it is in ${found.lang}`);
    found.direction === (language === 'he' ? 'rtl' : 'ltr') || say(`is written ${found.direction}`);
    found.texts.filter((text) => text.includes('Missing Languagestring')).forEach(say);
    if (language === 'en') {
      english.set(name, new Set(found.texts));
    } else {
      found.texts.filter((text) => english.get(name)?.has(text) && isSentence(text)).forEach((text) => say(`is still English: ${text}`));
    }
    if (language === 'he' || process.env.TWOFACTOR_PICTURES) {
      await tab.screenshot({ path: join(pictures, `${flow}-${width}-languages-${language}-${name.replace(/\W+/g, '-')}.png`), fullPage: true });
    }
  };
  /** A browser of that language; with the cookies of another, of the same person. */
  const spoken = async (language, other = null) => {
    const context = await browser.newContext({ viewport: { width, height: 844 }, isMobile: true, hasTouch: true, locale: language });
    other && await context.addCookies(await other.context().cookies());
    return newTab(context);
  };
  await administrate(page, site);
  return { site, page, complaints, faults, look, spoken };
}

test(`pages in seven languages at the width of a phone, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const { site, page, complaints, faults, look, spoken } = await start(t, ['--premium', '--gateway']);
  requireEnrolment(site, 'bert');

  await t.test('codes to keep', async () => {
    for (const language of flow === 'new' ? languages : []) {
      const tab = await spoken(language, page);
      await tab.goto(`${site.url}/admin/index.php`);
      await open(tab, 'preferences');
      await tab.click('form:has(input[value=regenerate]) button');
      await tab.waitForSelector('.tf-codes');
      await look(tab, language, 'codes');
      await page.context().addCookies(await tab.context().cookies());
      await tab.context().close();
    }
  });

  await t.test('a sign-in, a set-up that is required, a new password by telephone, the link of a notice', async () => {
    const link = new Mailbox(site, 'admin@example.org').letters().at(-1).text.match(/^http\S+twofactor_notice=\S+$/m)[0];
    for (const language of languages) {
      const tab = await spoken(language);
      const context = tab.context();
      await givePassword(tab, site, 'admin');
      await tab.waitForSelector('input[name=twofactor_code]');
      await look(tab, language, 'challenge');
      await tab.click('button[name=twofactor_use][value=backup]');
      await look(tab, language, 'challenge backup');
      await tab.click('button[name=twofactor_cancel]');
      await givePassword(tab, site, 'bert');
      await tab.waitForSelector('.tf-login .tf');
      await look(tab, language, 'required');
      await context.clearCookies();
      await tab.goto(`${site.url}/admin/login.php?forgotpw=1`);
      await tab.fill('input[name=forgottenusername]', 'anna');
      await tab.click('button[name=loginsubmit]');
      await look(tab, language, 'reset choose');
      await tab.locator('.tf-login form button').first().click();
      await tab.waitForLoadState();
      await look(tab, language, 'reset code');
      await tab.goto(link);
      await tab.waitForSelector('.tf-login form');
      // In the language of the mail, whatever the visitor's is.
      await look(tab, 'en', 'link of a notice');
      await tab.goto(`${link}x`);
      await look(tab, language, 'link that is over');
      await context.close();
    }
  });

  await t.test('every page that links lead to', { skip: flow !== 'new' }, async () => {
    const key = (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    await page.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
    await page.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="m1_tab=premium"]');
    await page.fill('#tf-key', site.licence_key);
    await page.click('form:has(#tf-key) .tf-actions button:not([name])');
    await page.waitForSelector('.tf-facts');

    // One of a kind: of lists of users, texts and the like the first.
    const kindOf = (href) => {
      const query = new URL(href, `${site.url}/admin/`).searchParams;
      query.delete('__c');
      return [...query].map(([name, value]) => (/^(mact|m1_(tab|page|add))$/.test(name) ? `${name}=${value}` : name)).sort().join(' ')
        .replace(/mact=TwoFactor,m1_,(\w+),0/, '$1').replaceAll('m1_', '');
    };
    const known = new Map();
    const linksOf = () => page.locator('nav a[href*="mact=TwoFactor"], .tf a[href*="mact=TwoFactor"]:not([download])')
      .evaluateAll((all) => all.map((one) => one.href).filter((href) => !/suppressoutput/.test(href)));
    const waiting = await linksOf();
    while (waiting.length > 0) {
      const href = waiting.shift();
      if (known.has(kindOf(href))) {
        continue;
      }
      known.set(kindOf(href), href);
      await page.goto(href);
      await look(page, 'en', kindOf(href));
      waiting.push(...await linksOf());
    }
    assert.ok(known.size > 20, `${known.size} pages: ${[...known.keys()].join(', ')}`);
    for (const language of languages.slice(1)) {
      const tab = await spoken(language, page);
      for (const [name, href] of known) {
        await tab.goto(href);
        await look(tab, language, name);
      }
      await tab.context().close();
    }
    t.diagnostic([...known.keys()].join(', '));
  });

  await t.test('setting up an app', { skip: flow !== 'new' }, async () => {
    for (const language of languages) {
      const anna = await spoken(language);
      await givePassword(anna, site, 'anna');
      await isSignedIn(anna, 'anna');
      await open(anna, 'preferences');
      await look(anna, language, 'own page without a factor');
      await anna.click('form:has(input[value=start]) button');
      await anna.waitForSelector('.tf-secret');
      await look(anna, language, 'set-up');
      await anna.context().close();
    }
  });

  assert.deepEqual(faults, []);
  assert.deepEqual(complaints, []);
});

test('forms for providers in seven languages at the width of a phone', { timeout: 600000, skip: flow !== 'new' }, async (t) => {
  const { page, complaints, faults, look, spoken } = await start(t, []);
  await open(page, 'defaultadmin');
  await page.click('.tf-tabs a[href*="m1_tab=providers"]');
  const forms = await page.locator('a[href*="m1_add="]').evaluateAll((all) => all.map((one) => one.href));
  assert.ok(forms.length > 3, forms.join(', '));
  for (const language of languages) {
    const tab = await spoken(language, page);
    for (const href of forms) {
      await tab.goto(href);
      await look(tab, language, `provider ${new URL(href).searchParams.get('m1_add')}`);
    }
    await tab.context().close();
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(complaints, []);
});
