// A page that signs in in two steps, sets a second factor up and takes it away. What it is given (challenges, set-ups,
// grants, codes) is in variables of this module, gone with the page: nothing is in localStorage, sessionStorage, a
// cookie or an address. The site's own session is a cookie that no script can read.

const $ = (id) => document.getElementById(id);
const WORDS = {
    totp: 'Authenticator app', sms: 'Code by SMS', voice: 'Code by call', whatsapp: 'Code by WhatsApp',
    email: 'Code by e-mail', backup: 'Backup code', recovery: 'Recovery code',
};
const SPENT = 'The app is set up. The code that you typed is spent: the app signs you in with its next one.';
const SENT = ['sms', 'voice', 'whatsapp', 'email'];

// What is being proven: {challenge, methods, then(answer)}; and the set-up that waits.
let proof = null;
let setup = null;
// Until when which method is blocked, in milliseconds, as the server says; and what counts it down.
let blocked = {};
let waiting = 0;

async function ask(method, path, body) {
    const response = await fetch(`/api${path}`, {
        method,
        headers: {'X-Session': 'cookie', ...(body !== undefined && {'Content-Type': 'application/json'})},
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: 'no-store',
        credentials: 'same-origin',
    });
    const type = response.headers.get('Content-Type') ?? '';
    const answer = type.includes('json') ? await response.json() : {};
    return {ok: response.ok, status: response.status, problem: (answer.type ?? '').split(':').pop(), ...answer};
}

function show(section) {
    for (const one of document.querySelectorAll('main > section')) {
        one.hidden = one.id !== section;
    }
    $('said').textContent = '';
    $('wrong').textContent = '';
    clearInterval(waiting);
    document.querySelector(`#${section} h1`).focus();
}

const say = (text) => { $('said').textContent = text; };
const complain = (text) => { $('wrong').textContent = text; };

// What an interface offers that this page has no forms for.
function why(offered = []) {
    const others = offered.filter((one) => one !== 'totp').map((one) => WORDS[one].replace('Code', 'a code'));
    return others.length === 0 ? '' : `This example sets up an app; a page of yours can offer as well: ${others.join(', ')}.`;
}

function inWords(seconds) {
    const minutes = Math.floor(seconds / 60);
    return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

// Counts down where waiting helps: the time comes from the server, and only it decides. Another method is not concerned.
function countDown() {
    clearInterval(waiting);
    const until = blocked[method()] ?? 0;
    const tick = () => {
        const left = Math.ceil((until - Date.now()) / 1000);
        $('prove').disabled = left > 0;
        if (left > 0) {
            $('hint').textContent = `Please wait ${inWords(left)} before the next try.`;
            return;
        }
        clearInterval(waiting);
        $('hint').textContent = 'You can try again.';
    };
    if (until > Date.now()) {
        tick();
        waiting = setInterval(tick, 500);
    }
}

function explain(answer) {
    const {attemptsLeft: left, retryAfter} = answer;
    let text = answer.detail ?? answer.title ?? 'That did not work.';
    if (answer.problem === 'mistyped') {
        text = 'Something in this code is missing or wrong. It was not counted as a try: please compare it with your list.';
    } else if (answer.status === 429 && retryAfter) {
        text = `${answer.title} In ${inWords(retryAfter)} you can try again.`;
    } else if (left === 0) {
        text = 'This code can no longer be used: ask for another one.';
    } else if (left !== undefined) {
        text += left === 1 ? ' You have 1 more try.' : ` You have ${left} more tries.`;
    }
    complain(text);
}

// -- signing in ---------------------------------------------------------------------------------------------------

// What a click begins ends before another one begins anything.
let isBusy = false;
async function once(act) {
    if (isBusy) {
        return;
    }
    isBusy = true;
    complain('');
    try {
        await act();
    } catch {
        complain('The server cannot be reached.');
    } finally {
        isBusy = false;
    }
}

function form(selector, act) {
    document.querySelector(selector).addEventListener('submit', (event) => {
        event.preventDefault();
        once(() => act(Object.fromEntries(new FormData(event.target)), event.target));
    });
}

const press = (selector, act) => document.querySelector(selector).addEventListener('click', () => once(act));

form('#sign-in form', async ({name, password}, page) => {
    const answer = await ask('POST', '/login', {name, password});
    page.elements.password.value = '';
    if (!answer.ok) {
        explain(answer);
    } else if (answer.requiresEnrolment) {
        await setUp({challenge: answer.challenge}, `To finish signing in, set up a second factor. ${why(answer.offered)}`);
    } else if (answer.requires2fa) {
        begin({challenge: answer.challenge, methods: answer.methods, path: '/login/otp', then: home});
    } else {
        await home();
    }
});

function begin(what) {
    proof = what;
    blocked = {};
    show('proof');
    $('code').value = '';
    const list = $('methods');
    list.replaceChildren(list.querySelector('legend'));
    what.methods.forEach((method, place) => {
        const label = document.createElement('label');
        const radio = Object.assign(document.createElement('input'), {type: 'radio', name: 'method', value: method, checked: place === 0});
        radio.addEventListener('change', () => {
            complain('');
            chosen();
        });
        label.append(radio, ` ${WORDS[method] ?? method}`);
        list.append(label);
    });
    list.hidden = what.methods.length < 2;
    chosen();
}

const method = () => document.querySelector('#methods input:checked')?.value ?? proof?.methods[0];

function chosen() {
    const isSent = SENT.includes(method());
    $('prove').disabled = false;
    $('send').hidden = !isSent;
    $('code').inputMode = method() === 'backup' || method() === 'recovery' ? 'text' : 'numeric';
    $('hint').textContent = {
        totp: 'The digits that your app shows now.',
        backup: 'One of the codes that you have kept. It works once.',
        recovery: 'The next code of your list. A later one works, too, but then all before it are spent. The last one switches your second factor off.',
    }[method()] ?? 'The code that is sent to you.';
    countDown();
}

press('#send button', async () => {
    const answer = await ask('POST', '/login/send', {challenge: proof.challenge, method: method()});
    if (answer.ok) {
        say(`A code is on its way to ${answer.destination}.`);
    } else {
        explain(answer);
    }
});

form('#proof form', async ({code}) => {
    const used = method();
    const answer = await ask('POST', proof.path, {challenge: proof.challenge, method: used, code});
    $('code').value = '';
    if (answer.ok) {
        const {then} = proof;
        proof = null;
        await then(answer);
        if (answer.switchedOff) {
            say('That was your last recovery code: your second factor is off. Please set it up anew now: your next sign-in does not end without it.');
        }
    } else if (answer.problem === 'enrolment') {
        const {challenge} = proof;
        proof = null;
        await setUp({challenge}, `That was right. To finish signing in, set up your second factor anew. ${why(answer.offered)}`);
    } else if (answer.problem === 'closed') {
        proof = null;
        await home();
        complain('That took too long. Please begin again.');
    } else {
        explain(answer);
        if (answer.status === 429 && answer.retryAfter) {
            blocked[used] = Date.now() + answer.retryAfter * 1000;
            complain(answer.title);
            countDown();
        }
        $('code').focus();
    }
});

press('#cancel', async () => { proof = null; await home(); });

// What needs a fresh proof says so, with a challenge; once that is answered it is asked for again, with the grant.
async function prove(verb, path, body, then) {
    const answer = await ask(verb, path, body);
    if (answer.ok) {
        await then(answer);
    } else if (answer.problem === 'step-up' && answer.challenge) {
        begin({
            challenge: answer.challenge, methods: answer.methods, path: '/2fa/verify',
            then: async ({grant}) => {
                const again = await ask(verb, path, {...body, grant});
                if (again.ok) {
                    await then(again);
                } else {
                    await home();
                    explain(again);
                }
            },
        });
    } else {
        explain(answer);
    }
}

// -- at home ------------------------------------------------------------------------------------------------------

async function home() {
    setup = null;
    const state = await ask('GET', '/2fa');
    $('who').hidden = !state.ok;
    if (!state.ok) {
        show('sign-in');
        if (state.status !== 401) {
            explain(state);
        }
        return;
    }
    show('home');
    $('on').hidden = !state.enabled;
    $('off').hidden = state.enabled;
    const due = state.enrolmentDue && new Date(state.enrolmentDue);
    const from = due && (due.getTime() <= Date.now() ? 'From now on' : `From ${due.toLocaleString()} on`);
    const hasApp = state.methods.includes('totp');
    $('due').hidden = !due;
    $('due').textContent = due ? `${from} no sign-in of yours ends before your second factor is set up anew${hasApp ? ': replace the app' : ''}.` : '';
    $('replace').hidden = !hasApp;
    $('off-means').textContent = due
        ? `${from} no sign-in of yours ends without a second factor. Until you have set one up, whoever knows your password could do so in your place.`
        : 'A password alone signs you in. With a second factor, whoever knows your password is still kept out.';
    const left = state.backupCodesLeft + state.recoveryCodesLeft;
    $('left').textContent = left === 1 ? '1 is left.' : `${left} are left.`;
    $('left-means').textContent = ['Each signs you in once.', 'It switches the second factor off when you use it: make new ones now.'][state.recoveryCodesLeft]
        ?? 'The one that you use ends all before it, and the last one switches the second factor off.';
    const facts = state.factors.filter((one) => !['backup', 'recovery'].includes(one.method)).flatMap((one) => [
        Object.assign(document.createElement('dt'), {textContent: WORDS[one.method]}),
        Object.assign(document.createElement('dd'), {
            textContent: [one.label === WORDS[one.method] ? null : one.label, one.destination, `since ${new Date(one.enrolledAt).toLocaleDateString()}`].filter(Boolean).join(', '),
        }),
    ]);
    $('facts').replaceChildren(...facts);
    const {sessions = []} = await ask('GET', '/2fa/sessions');
    $('sessions').replaceChildren(...sessions.map((one) => Object.assign(document.createElement('li'), {
        textContent: `${one.browser ?? 'Unknown program'}, ${one.address}, since ${new Date(one.createdAt).toLocaleString()}${one.current ? ' (here)' : ''}`,
    })));
    $('end-others').hidden = sessions.length < 2;
}

press('#sign-out', async () => {
    await ask('POST', '/logout', {});
    await home();
    say('You are signed out.');
});

press('#end-others', () => prove('DELETE', '/2fa/sessions', {}, async () => {
    await home();
    say('All others are signed out.');
}));

press('#renew', () => prove('POST', '/2fa/codes', {}, codes));

// The old app and the old codes count until the new app is confirmed, so at no time is the password alone enough.
form('#replace form', async ({password}, page) => {
    page.reset();
    await setUp({password, replace: true}, 'Your old app and your old codes go on until you have confirmed the new one.');
});

form('#remove', async ({password}, page) => {
    page.reset();
    await prove('DELETE', '/2fa', {password}, async () => {
        await home();
        say('The second factor is off.');
    });
});

// -- setting up ---------------------------------------------------------------------------------------------------

// With the password of whoever is signed in, or with the challenge of a sign-in that ends with it.
const setUp = (by, why = '') => prove('POST', '/2fa/setup', by, (answer) => {
    setup = answer;
    show('setup');
    say(why);
    $('qr').src = answer.qrPng;
    $('key').textContent = answer.key;
});

form('#begin', async ({password}, page) => {
    page.reset();
    await setUp({password});
});

form('#setup form', async ({code}, page) => {
    page.reset();
    const answer = await ask('POST', '/2fa/confirm', {setup: setup.setup, code});
    if (['setup-over', 'closed', 'sign-in'].includes(answer.problem)) {
        forget();
        await home();
        complain('This set-up is over. Please begin again.');
        return;
    }
    if (!answer.ok) {
        explain(answer);
        $('setup-code').focus();
        return;
    }
    // Another plan shows them with the set-up.
    const shown = answer.codes ? answer : {codes: setup.codes, codesOf: 'backup', nextCodeAt: answer.nextCodeAt};
    forget();
    if (shown.codes) {
        codes(shown);
    } else {
        await home();
        say(SPENT);
    }
});

press('#give-up', async () => { forget(); await home(); });

// What has been shown goes from the page, too.
function forget() {
    setup = null;
    $('qr').removeAttribute('src');
    $('key').textContent = '';
}

// What is said once they are kept.
let saidNext = '';
function codes({codes: list, codesOf, nextCodeAt}) {
    show('codes');
    $('backup-means').hidden = codesOf !== 'backup';
    $('recovery-means').hidden = codesOf !== 'recovery';
    // Those that have an order are numbered.
    const isNumbered = codesOf === 'recovery';
    $('list').classList.toggle('numbered', isNumbered);
    saidNext = nextCodeAt ? SPENT : '';
    $('list').replaceChildren(...list.map((code) => Object.assign(document.createElement('li'), {textContent: code})));
    $('download').href = `data:text/plain;charset=utf-8,${encodeURIComponent(list.map((code, place) => `${isNumbered ? `${place + 1}. ` : ''}${code}\n`).join(''))}`;
}

$('print').addEventListener('click', () => window.print());
press('#kept', async () => {
    $('list').replaceChildren();
    $('download').removeAttribute('href');
    await home();
    say(saidNext);
});

home();
