"""Runs clusterlint with a terminal of its own, and without one."""
import os, pty, re, select, shutil, subprocess, sys, tempfile, time, unicodedata

root = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
program = os.path.join(root, os.environ.get('CLUSTERLINT', 'build/clusterlint'))
tmp = tempfile.mkdtemp()
failures = 0


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print('FAIL', what)


def project(name, files):
    for path, text in files.items():
        full = os.path.join(tmp, name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w') as f:
            f.write(text)
    os.makedirs(os.path.join(tmp, name, '.git'), exist_ok=True)
    return os.path.join(tmp, name)


stateful = '''const express = require('express');
const app = express();
const 会话表 = new Map(); // 登录用户的会话，每个进程各有一份
app.post('/login', (req, res) => { 会话表.set(req.body.id, req.body); res.json({}); });
app.get('/me', (req, res) => { const s = 会话表.get(req.query.id); if (!s) return res.status(401).end(); res.json(s); });
app.listen(3000);
'''
config = "module.exports = { apps: [{ name: '网关', script: './a.js', exec_mode: 'cluster', instances: 2 }] };\n"
chinese = project('chinese', {'a.js': stateful, 'ecosystem.config.js': config})
plain = project('plain', {'a.js': stateful.replace('会话表', 'sessions').split(' //')[0] + '\n' + '\n'.join(stateful.replace('会话表', 'sessions').split('\n')[3:]),
                          'ecosystem.config.js': config.replace('网关', 'api')})
utf8 = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm-256color'}


def run(args, env=(), cwd=plain):
    r = subprocess.run([program] + args, cwd=cwd, env=dict(utf8, **dict(env)), capture_output=True)
    return r.returncode, r.stdout.decode('utf8'), r.stderr.decode('utf8')


def on_terminal(args, env=(), cwd=plain, err_only=False):
    master, slave = pty.openpty()
    p = subprocess.Popen([program] + args, cwd=cwd, env=dict(utf8, **dict(env)), stdin=slave,
                         stdout=subprocess.DEVNULL if err_only else slave, stderr=slave)
    os.close(slave)
    out = b''
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(master)
    return p.wait(), out.decode('utf8').replace('\r\n', '\n')


# ---- colour: the first of these that says something ----
ESC = '\033['
for args, env, tty, want in [
    ([], {}, False, False), ([], {}, True, True), (['--color', 'always'], {'NO_COLOR': '1'}, False, True),
    (['--color', 'never'], {'FORCE_COLOR': '1'}, True, False), ([], {'NO_COLOR': '1', 'FORCE_COLOR': '1'}, True, False),
    ([], {'NO_COLOR': ''}, True, True), ([], {'FORCE_COLOR': ''}, False, True), ([], {'FORCE_COLOR': '0'}, True, False),
    ([], {'FORCE_COLOR': 'false', 'CLICOLOR_FORCE': '1'}, True, False), ([], {'CLICOLOR_FORCE': '1', 'CLICOLOR': '0'}, False, True),
    ([], {'CLICOLOR_FORCE': '0'}, False, False), ([], {'CLICOLOR': '0'}, True, False), ([], {'TERM': 'dumb'}, True, False),
    ([], {'TERM': 'dumb', 'FORCE_COLOR': '1'}, True, True),
]:
    out = (on_terminal if tty else run)(['check'] + args, env)[1]
    check((ESC in out) == want, f'colour with {args} {env}, terminal {tty}')
for name in ['json', 'jsonl', 'sarif', 'github', 'gitlab', 'junit', 'checkstyle', 'markdown', 'concise']:
    check('\033' not in run(['check', '--format', name, '--color', 'always', '--hyperlinks', 'always'])[1] or name == 'concise', f'{name} holds no escapes')

# ---- links ----
LINK = '\033]8;;file://'
for args, env, tty, want in [
    ([], {}, False, False), ([], {}, True, False), ([], {'VTE_VERSION': '6003'}, True, True), ([], {'VTE_VERSION': '4000'}, True, False),
    ([], {'VTE_VERSION': '6003'}, False, False), ([], {'TERM_PROGRAM': 'WezTerm'}, True, True), ([], {'TERM': 'xterm-kitty'}, True, True),
    ([], {'TERM': 'xterm-kitty', 'CI': 'true'}, True, False), ([], {'TERM': 'xterm-kitty', 'NO_HYPERLINKS': '1'}, True, False),
    ([], {'FORCE_HYPERLINK': '1'}, False, True), ([], {'FORCE_HYPERLINK': '0', 'TERM': 'xterm-kitty'}, True, False),
    (['--hyperlinks', 'always'], {'NO_HYPERLINKS': '1'}, False, True), (['--hyperlinks=never'], {'FORCE_HYPERLINK': '1'}, True, False),
]:
    out = (on_terminal if tty else run)(['check'] + args, env)[1]
    check((LINK in out) == want, f'links with {args} {env}, terminal {tty}')
linked = run(['check', '--hyperlinks', 'always'])[1]
check(re.sub('\033]8;;[^\033]*\033\\\\', '', linked) == run(['check'])[1], 'without its links the text is the same')
urls = set(re.findall('\033]8;;([^\033]+)\033', linked))
check(urls and all(re.fullmatch(r'file://[\w.-]*/[\x21-\x7e]*', u) and os.path.exists(re.sub('file://[^/]*', '', u)) for u in urls), f'links lead to files: {urls}')


# ---- width ----
def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


for width in [40, 60, 80, 200]:
    for lang in ['en', 'zh']:
        for cwd in [plain, chinese]:
            for command in ['check', 'plan']:
                out = run([command, '--lang', lang], {'COLUMNS': str(width)}, cwd)[1]
                lines = out.split('\n')
                for line in lines:
                    # a table, its sum and the line of a place are not broken
                    whole = re.search(r'[┌├]─ |(cluster|fork) [x×]\d|^ {2}(app|processes|应用|进程数) {2}|(source files? read|源文件已分析)$', line) or ' ' not in line.strip()
                    check(columns(line) <= width or whole, f'{command} {lang}, width {width}: {columns(line)} columns: {line}')
                # carets stand under what they mean
                for above, below in zip(lines, lines[1:]):
                    m = re.match(r'( *│ *)(\^+)', below)
                    if not m or '会话表 = new' not in above and 'sessions = new' not in above:
                        continue
                    from_, n = columns(m.group(1)), len(m.group(2))
                    name = '会话表' if '会话表' in above else 'sessions'
                    at = columns(above[:above.index(name)])
                    check(from_ <= at < from_ + n, f'{command} {lang}, width {width}: carets at {from_}, the name at {at}')
table = [l for l in run(['plan', '--lang', 'zh'], {}, chinese)[1].split('\n') if re.search(r'cluster ×', l)]
check(table and len({columns(l[:re.search(r'cluster ×', l).start()]) for l in table}) == 1, f'the table aligns: {table}')

# ---- ASCII ----
for args, env in [([], {'LC_ALL': 'C'}), ([], {'LC_ALL': 'POSIX'}), (['--ascii'], {}), ([], {'LC_ALL': '', 'LANG': ''})]:
    for command in ['check', 'plan', 'rules', 'explain state-in-memory', 'fix']:
        out = run(command.split() + args, env)[1]
        check(out and out.isascii(), f'{command} {args} {env} is ASCII: {[l for l in out.split(chr(10)) if not l.isascii()][:2]}')
check('│' in run(['check'])[1], 'frames are drawn in a UTF-8 locale')

# ---- quiet, statistics, a reader that leaves ----
status, out, err = run(['check', '--quiet'])
check((status, out, err) == (1, '', ''), 'quiet says nothing but the status')
check(run(['check', '--quiet', 'nothing.js'])[2] != '', 'quiet leaves errors')
status, out, _ = run(['check', '--statistics'])
check(status == 1 and re.search(r'^ +1  error    state-in-memory  ', out, re.M) and '-->' not in out, f'statistics: {out}')
check(run(['check', '--statistics', '-f', 'concise'])[1].count('\n') >= 1, 'statistics in concise')
p = subprocess.Popen(f'{program} rules | head -n 1; echo "${{PIPESTATUS[0]}}"', shell=True, executable='/bin/bash', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.communicate()
r, w = os.pipe()
os.close(r)
p = subprocess.run([program, 'rules'], stdout=w, stderr=subprocess.PIPE)
os.close(w)
check(p.stderr == b'' and p.returncode == -13, f'a reader that left: {p.returncode}, {p.stderr}')
if os.path.exists('/dev/full'):
    with open('/dev/full', 'w') as full:
        p = subprocess.run([program, 'rules'], stdout=full, stderr=subprocess.PIPE)
    check(p.returncode == 2 and p.stderr, 'a full disk is told')

# ---- progress: a file system that answers slowly is played by a process that is stopped for a while ----
many = {f'src/m{i}.js': ''.join(f'exports.f{k} = (a) => {{ const x = [a, {k}]; return x.map((y) => y + {i}); }};\n' for k in range(200)) for i in range(150)}
many['a.js'] = ''.join(f"require('./src/m{i}');\n" for i in range(150)) + stateful
many['ecosystem.config.js'] = config
slow = project('slow', many)


def stopped(err_terminal, env=()):
    """The run is held for 1.6 seconds right after it began; its clock goes on."""
    master, slave = pty.openpty()
    p = subprocess.Popen([program, 'check', '--threads', '1'], cwd=slow, env=dict(utf8, **dict(env)), stdout=subprocess.DEVNULL,
                         stderr=slave if err_terminal else subprocess.PIPE)
    os.close(slave)
    time.sleep(0.06)
    os.kill(p.pid, 19)
    time.sleep(1.6)
    os.kill(p.pid, 18)
    out = b''
    if err_terminal:
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            out += part
    else:
        out = p.stderr.read()
    os.close(master)
    p.wait()
    return out.decode('utf8')


shown = stopped(True)
check(re.search(r'\r\033\[Kclusterlint: \d+ files read, \d+ s', shown) and shown.endswith('\r\033[K'), f'progress: {shown!r}')
check(stopped(False) == '', 'no progress where the errors are no terminal')
check(stopped(True, {'TERM': 'dumb'}) == '' and stopped(True, {'CI': '1'}) == '', 'no progress on a dumb terminal or in CI')

shutil.rmtree(tmp)
print('terminal:', f'{failures} failed' if failures else 'all as it should be')
sys.exit(1 if failures else 0)
