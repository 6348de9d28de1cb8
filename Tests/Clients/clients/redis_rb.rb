# redis-rb's cluster mode: `ruby redis_rb.rb PORT`.
require "json"
require "redis"

PORT = ARGV[0].to_i
KEYS = (0..59).map { |number| "key:#{number}" }

def tell(step, outcome, note = "")
  puts JSON.generate(step: step, outcome: outcome, note: note.to_s)
  $stdout.flush
end

def equal(found, wanted)
  raise "#{found.inspect[0, 100]} instead of #{wanted.inspect[0, 100]}" unless found == wanted
end

# Does something to the cluster, by the matrix' own connections.
def control(*words)
  program = File.join(__dir__, "..", "cluster.py")
  raise "#{words.join(' ')} failed" unless system("python3", program, PORT.to_s, *words, out: File::NULL)
end

def connect
  $client = Redis.new(cluster: ["redis://127.0.0.1:#{PORT}"], replica: false, timeout: 5)
  equal($client.ping, "PONG")
end

def strings
  KEYS.each { |key| equal($client.set(key, "of #{key}"), "OK") }
  KEYS.each { |key| equal($client.get(key), "of #{key}") }
  equal($client.set("awkward", "\r\n\0"), "OK")
  equal($client.get("awkward"), "\r\n\0")
end

def types
  equal($client.hset("h", "a", 1, "b", 2), 2)
  equal($client.hgetall("h"), { "a" => "1", "b" => "2" })
  equal($client.rpush("l", %w[x y]), 2)
  equal($client.lrange("l", 0, -1), %w[x y])
  equal($client.sadd("s", %w[x y]), 2)
end

def pipeline
  equal($client.pipelined { |pipe| 10.times { |n| pipe.set("{p}:#{n}", n) } }, ["OK"] * 10)
end

def transaction
  equal($client.multi { |multi| multi.set("{t}:a", 1); multi.incr("{t}:a") }, ["OK", 2])
end

def scan
  $client.flushall
  KEYS.each { |key| $client.set(key, 1) }
  equal($client.scan_each(count: 7).to_a.sort, KEYS.sort)
  equal($client.dbsize, KEYS.length)
end

def replicas
  reader = Redis.new(cluster: ["redis://127.0.0.1:#{PORT}"], replica: true, timeout: 5)
  KEYS.each { |key| $client.set(key, "everywhere") }
  control("settle")
  KEYS.each { |key| equal(reader.get(key), "everywhere") }
end

def migration
  keys = (0..19).map { |number| "{moving}:#{number}" }
  keys.each { |key| $client.set(key, "before") }
  control("begin-move", "{moving}", "10")
  keys.each do |key|
    equal($client.get(key), "before")
    $client.set(key, "between")
  end
  control("end-move", "{moving}")
  keys.each { |key| equal($client.get(key), "between") }
end

def failover
  $client.set("{failing}", "before")
  control("settle")
  control("stop-owner", "{failing}")
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  refused = 0
  begin
    $client.set("{failing}", "after")
  rescue StandardError => error
    refused += 1
    raise error if Process.clock_gettime(Process::CLOCK_MONOTONIC) - start > 20
    sleep 0.1
    retry
  end
  equal($client.get("{failing}"), "after")
  KEYS.each { |key| $client.set(key, "later") }
  format("%.1f s, %d refused", Process.clock_gettime(Process::CLOCK_MONOTONIC) - start, refused)
end

tell("version", "passed", Redis::VERSION)
%i[connect strings types pipeline transaction scan replicas migration failover].each do |step|
  tell(step, "passed", send(step).then { |note| note.is_a?(String) ? note : "" })
rescue StandardError => error
  tell(step, "failed", "#{error.class}: #{error.message}")
end
