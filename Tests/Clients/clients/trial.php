<?php
// What the PHP clients have in common: the steps are told to the matrix as lines of JSON.
$port = (int) $argv[1];

function tell($step, $outcome, $note = '') {
    echo json_encode(['step' => $step, 'outcome' => $outcome, 'note' => (string) $note]), "\n";
}

function equal($found, $wanted) {
    if ($found !== $wanted) {
        throw new Exception(substr(var_export($found, true), 0, 100) . ' instead of '
            . substr(var_export($wanted, true), 0, 100));
    }
}

function keys() {
    return array_map(fn($number) => "key:$number", range(0, 59));
}

// Does something to the cluster, by the matrix' own connections.
function control(...$words) {
    global $port;
    $words = array_map('escapeshellarg', array_merge([$port], $words));
    exec('python3 ' . escapeshellarg(dirname(__DIR__) . '/cluster.py') . ' ' . implode(' ', $words) . ' 2>&1',
        $lines, $status);
    if ($status) throw new Exception(implode("\n", $lines));
}

// A slot moves while the client reads and writes its keys.
function move($set, $get) {
    $keys = array_map(fn($number) => "{moving}:$number", range(0, 19));
    foreach ($keys as $key) $set($key, 'before');
    control('begin-move', '{moving}', '10');
    foreach ($keys as $key) {
        equal($get($key), 'before');
        $set($key, 'between');
    }
    control('end-move', '{moving}');
    foreach ($keys as $key) {
        equal($get($key), 'between');
        $set($key, 'after');
        equal($get($key), 'after');
    }
}

// A master is shut down, and the client goes on.
function fail($set, $get) {
    $set('{failing}', 'before');
    control('settle');
    control('stop-owner', '{failing}');
    $start = microtime(true);
    for ($refused = 0;; $refused++) {
        try {
            if ($set('{failing}', 'after')) break;
        } catch (Throwable $error) {
            if (microtime(true) - $start > 20) throw $error;
        }
        usleep(100000);
    }
    equal($get('{failing}'), 'after');
    foreach (keys() as $key) $set($key, 'later');
    return sprintf('%.1f s, %d refused', microtime(true) - $start, $refused);
}

function run($steps, $version) {
    tell('version', 'passed', $version);
    foreach ($steps as $step) {
        try {
            tell($step, 'passed', $step() ?? '');
        } catch (Throwable $error) {
            tell($step, 'failed', get_class($error) . ': ' . $error->getMessage());
        }
    }
}
