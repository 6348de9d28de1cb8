<?php
// phpredis' RedisCluster: `php phpredis.php PORT`.
require __DIR__ . '/trial.php';

function connect() {
    global $client, $port;
    $client = new RedisCluster(null, ["127.0.0.1:$port"], 5, 5);
    equal(count($client->_masters()), 3);
    return 'masters ' . count($client->_masters());
}

function strings() {
    global $client;
    foreach (keys() as $key) equal($client->set($key, "of $key"), true);
    foreach (keys() as $key) equal($client->get($key), "of $key");
    equal($client->set('awkward', "\r\n\0\xff"), true);
    equal($client->get('awkward'), "\r\n\0\xff");
}

function types() {
    global $client;
    equal($client->hMSet('h', ['a' => 1, 'b' => 2]), true);
    equal($client->hGetAll('h'), ['a' => '1', 'b' => '2']);
    equal($client->rPush('l', 'x', 'y'), 2);
    equal($client->lRange('l', 0, -1), ['x', 'y']);
    equal($client->sAdd('s', 'x', 'y'), 2);
}

function multislot() {
    global $client;
    equal($client->mset(array_fill_keys(keys(), 'many')), true);
    equal($client->mget(keys()), array_fill(0, count(keys()), 'many'));
    equal($client->del(keys()), count(keys()));
}

function transaction() {
    global $client;
    equal($client->multi()->set('{t}:a', 1)->incr('{t}:a')->get('{t}:a')->exec(), [true, 2, '2']);
}

function scan() {
    global $client;
    foreach ($client->_masters() as $master) $client->flushAll($master);
    foreach (keys() as $key) $client->set($key, 1);
    $client->setOption(RedisCluster::OPT_SCAN, RedisCluster::SCAN_RETRY);
    $found = [];
    foreach ($client->_masters() as $master) {
        $cursor = null;
        while ($names = $client->scan($cursor, $master, '*', 7)) $found = array_merge($found, $names);
    }
    sort($found);
    $wanted = keys();
    sort($wanted);
    equal($found, $wanted);
}

function replicas() {
    global $client, $port;
    $reader = new RedisCluster(null, ["127.0.0.1:$port"], 5, 5);
    $reader->setOption(RedisCluster::OPT_SLAVE_FAILOVER, RedisCluster::FAILOVER_DISTRIBUTE_SLAVES);
    foreach (keys() as $key) equal($client->set($key, 'everywhere'), true);
    control('settle');
    foreach (keys() as $key) equal($reader->get($key), 'everywhere');
}

function migration() { move(fn($key, $value) => $GLOBALS['client']->set($key, $value),
    fn($key) => $GLOBALS['client']->get($key)); }

function failover() { return fail(fn($key, $value) => $GLOBALS['client']->set($key, $value),
    fn($key) => $GLOBALS['client']->get($key)); }

run(['connect', 'strings', 'types', 'multislot', 'transaction', 'scan', 'replicas', 'migration', 'failover'],
    phpversion('redis'));
