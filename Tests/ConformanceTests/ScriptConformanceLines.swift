/// Lines about scripts and functions, in an order in which each leaves something for the next.
enum ScriptConformanceLines {
    static let all =
        (commands + sandbox + conversions + libraries + functions).conformanceLines + blocking

    private static let conversions = #"""
        EVAL "return 1" 0
        EVAL "return 3.99" 0
        EVAL "return -3.99" 0
        EVAL "return 'hi'" 0
        EVAL "return true" 0
        EVAL "return false" 0
        EVAL "return {ok='fine'}" 0
        EVAL "return {err='My Err'}" 0
        EVAL "return {err='ERR x\\r\\ny'}" 0
        EVAL "return {double=3.5}" 0
        EVAL "return {double=1e300}" 0
        EVAL "return {double=1/0}" 0
        EVAL "return {big_number='123456789012345678901234567890'}" 0
        EVAL "return {map={a=1}}" 0
        EVAL "return {set={a=true}}" 0
        EVAL "redis.setresp(3); return {map={a=1}}" 0
        EVAL "redis.setresp(3); return true" 0
        EVAL "redis.setresp(3); return false" 0
        EVAL "return {KEYS[1],KEYS[2],ARGV[1],ARGV[2]}" 2 {a}1 {a}2 x y
        EVAL "return #KEYS" 0
        EVAL "return KEYS" 1 a b
        EVAL "return 1" 3 a
        EVAL "return 1" -1
        EVAL "return 1" x
        EVAL "return 1" 1.5
        EVAL "redis.setresp(4)" 0
        EVAL "redis.setresp()" 0
        EVAL "redis.setresp(3)" 0
        EVAL "return x" 0
        EVAL x=1 0
        EVAL redis.x=1 0
        EVAL "return redis.x" 0
        EVAL "setmetatable(redis,{})" 0
        EVAL "return type(getmetatable(redis))" 0
        EVAL "return ('abc'):upper()" 0
        EVAL "return print" 0
        EVAL "return require('x')" 0
        EVAL "return dofile" 0
        EVAL "return _VERSION" 0
        EVAL "return type(newproxy)" 0
        EVAL "return 1+{}" 0
        EVAL "return 'a'..{}" 0
        EVAL "return #5" 0
        EVAL "return undefinedfn()" 0
        EVAL "local x; x()" 0
        EVAL "return ('x'):rep(-1)" 0
        EVAL "return ('x'):bad()" 0
        EVAL "return tonumber('0x10')" 0
        EVAL "return (" 0
        EVAL "return 'a" 0
        EVAL "\x1bLua" 0
        EVAL "" 0
        EVAL "return redis.sha1hex('')" 0
        EVAL "return redis.sha1hex('abc')" 0
        EVAL "return redis.sha1hex()" 0
        EVAL "return redis.sha1hex(5)" 0
        EVAL "return redis.status_reply('fine')" 0
        EVAL "return redis.status_reply()" 0
        EVAL "return redis.status_reply('a\\nb')" 0
        EVAL "return redis.log(redis.LOG_WARNING,'x')" 0
        EVAL "return redis.log('x')" 0
        EVAL "return redis.log('x','y')" 0
        EVAL "return redis.log(10,'y')" 0
        EVAL "return {redis.LOG_DEBUG,redis.LOG_VERBOSE,redis.LOG_NOTICE,redis.LOG_WARNING}" 0
        EVAL "return {redis.REDIS_VERSION,redis.REDIS_VERSION_NUM}" 0
        EVAL "return {redis.REPL_NONE,redis.REPL_AOF,redis.REPL_SLAVE,redis.REPL_REPLICA,redis.REPL_ALL}" 0
        EVAL "return redis.set_repl(redis.REPL_ALL)" 0
        EVAL "return redis.set_repl()" 0
        EVAL "return redis.set_repl(9)" 0
        EVAL "return redis.replicate_commands()" 0
        EVAL "return redis.breakpoint()" 0
        EVAL "return redis.acl_check_cmd('get','x')" 0
        EVAL "return redis.acl_check_cmd('nosuch','x')" 0
        EVAL "return redis.acl_check_cmd()" 0
        EVAL "#!lua\nreturn 1" 0
        EVAL "#!lua flags=no-writes\nreturn 1" 0
        EVAL "#!lua flags=no-writes,allow-oom,allow-stale\nreturn 1" 0
        EVAL "#!lua flags=no-cluster\nreturn 1" 0
        EVAL "#!lua flags=bad\nreturn 1" 0
        EVAL "#!lua flags=\nreturn 1" 0
        EVAL "#!lua name=x\nreturn 1" 0
        EVAL "#!python\nreturn 1" 0
        EVAL "#!lua" 0
        EVAL "#!lua \"\nreturn 1" 0
        EVAL "#!\nreturn 1" 0
        EVAL "return 1" 2 {a}1 {b}1
        EVAL x
        EVAL "return {1,2,{map={a=1}},{set={a=1}},{double=0.1},{big_number='12'},{ok='a\nb'},{err='a\nb'},false,true}" 0
        EVAL "return {double='x'}" 0
        EVAL "return {map=1}" 0
        EVAL "return {ok=5}" 0
        EVAL "return {err=5}" 0
        EVAL "return {ok='x',err='y'}" 0
        EVAL "return {err='x',source='s',line='3'}" 0
        EVAL "return 2^53" 0
        EVAL "return 2^63" 0
        EVAL "return -2^63" 0
        EVAL "return -2^64" 0
        EVAL "return 0/0" 0
        EVAL "return {unpack({1,2,3},2)}" 0
        EVAL "return {unpack({1,2,3},1,1e8)}" 0
        EVAL "return collectgarbage('count') > 0" 0
        EVAL "return collectgarbage('bad')" 0
        EVAL "return gcinfo() > 0" 0
        EVAL "return type(coroutine.running())" 0
        EVAL "coroutine.yield(1)" 0
        EVAL "return next({},'x')" 0
        EVAL "return next(5)" 0
        EVAL "return pairs()" 0
        EVAL "return ipairs()" 0
        EVAL "for k,v in ipairs({5,6}) do return {k,v} end" 0
        EVAL "return rawequal(redis,redis)" 0
        EVAL "return rawget(5,1)" 0
        EVAL "return setmetatable({},5)" 0
        EVAL "local t=setmetatable({},{__metatable='locked'}) return getmetatable(t)" 0
        EVAL "local t=setmetatable({},{__metatable='locked'}) setmetatable(t,{})" 0
        EVAL "return getmetatable(5)" 0
        EVAL "return type(getmetatable(''))" 0
        EVAL "setmetatable('',{})" 0
        EVAL "local m=getmetatable('') m.x=1" 0
        EVAL "local t={} setmetatable(t,{__index=redis}) return type(t.call)" 0
        EVAL "KEYS[1]='x' return KEYS[1]" 1 a
        EVAL KEYS={} 1 a
        EVAL "return assert(false)" 0
        EVAL "return assert(false,{err='E m'})" 0
        EVAL "return type(__redis__err__handler)" 0
        EVAL "return __redis__err__handler('x')" 0
        EVAL "return tonumber('z',36)" 0
        EVAL "goto x" 0
        EVAL if 0
        EVAL "x = = 1" 0
        EVAL "local x <const> = 1" 0
        EVAL --comment 0
        EVAL "return 1 2" 0
        EVAL break 0
        EVAL "return [[x" 0
        EVAL "for i=1,'x' do end" 0
        EVAL "return {} < {}" 0
        EVAL "return 1 < 'x'" 0
        EVAL "return -{}" 0
        EVAL "local a <close> = 1" 0
        EVAL "return 'a\x00b'" 0
        EVAL "return redis.sha1hex('a\x00b')" 0

        """#

    private static let libraries = #"""
        EVAL "local t={} for k,v in pairs(cjson) do t[#t+1]=k..type(v) end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(cmsgpack) do t[#t+1]=k..tostring(type(v)=='string' and v) end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(struct) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "return cjson.encode({1,2,3})" 0
        EVAL "return cjson.encode({a=1})" 0
        EVAL "return cjson.encode({})" 0
        EVAL "return cjson.encode({[1]=1,[3]=3})" 0
        EVAL "return cjson.encode({[1]=1,[100]=3})" 0
        EVAL "return cjson.encode({[true]=1})" 0
        EVAL "return cjson.encode({1.5,1e20,-0.1,'\\n\\t\\\"/\\1\\127\xc3\xa9',true,false,cjson.null})" 0
        EVAL "return cjson.encode(function() end)" 0
        EVAL "return cjson.encode(1/0)" 0
        EVAL "return cjson.encode(0/0)" 0
        EVAL "return cjson.encode(nil)" 0
        EVAL "return cjson.encode()" 0
        EVAL "return cjson.encode(redis)" 0
        EVAL "local t={} t.t=t return cjson.encode(t)" 0
        EVAL "local t={} for i=1,1001 do t={t} end return cjson.encode(t)" 0
        EVAL "return cjson.encode({[1.5]=2})" 0
        EVAL "return cjson.decode('[1,2,{\"a\":\"b\"}]')" 0
        EVAL "return cjson.decode('{\"a\":{\"b\":[1,2.5,-3e2]}}').a.b[3]" 0
        EVAL "return cjson.decode('\"\\u00e9\\ud83d\\ude00\\n\"')" 0
        EVAL "return cjson.decode('[')" 0
        EVAL "return cjson.decode('[1,]')" 0
        EVAL "return cjson.decode('{1:2}')" 0
        EVAL "return cjson.decode('{\"a\" 2}')" 0
        EVAL "return cjson.decode('{\"a\":2 3}')" 0
        EVAL "return cjson.decode('nul')" 0
        EVAL "return cjson.decode('x')" 0
        EVAL "return cjson.decode('')" 0
        EVAL "return cjson.decode('1 2')" 0
        EVAL "return cjson.decode('\"abc')" 0
        EVAL "return cjson.decode('\"\\\\x\"')" 0
        EVAL "return cjson.decode('\"\\\\u12\"')" 0
        EVAL "return cjson.decode()" 0
        EVAL "return cjson.decode(5)" 0
        EVAL "return tostring(cjson.decode('nan'))" 0
        EVAL "return tostring(cjson.decode('-inf'))" 0
        EVAL "return tostring(cjson.decode('0x1F'))" 0
        EVAL "return cjson.decode('-')" 0
        EVAL "return cjson.decode(string.rep('[',1001)..string.rep(']',1001))" 0
        EVAL "return cjson.decode('null')==cjson.null" 0
        EVAL "return {tostring(cjson.encode_sparse_array(true)),cjson.encode({[1]=1,[100]=2})}" 0
        EVAL "return {cjson.encode_number_precision(3),cjson.encode(3.14159)}" 0
        EVAL "cjson.encode_number_precision(99)" 0
        EVAL "cjson.encode_number_precision(14)" 0
        EVAL "cjson.encode_sparse_array(false)" 0
        EVAL "return {tostring(cjson.encode_invalid_numbers('null')),cjson.encode(1/0)}" 0
        EVAL "return {tostring(cjson.encode_invalid_numbers(true)),cjson.encode(-1/0)}" 0
        EVAL "cjson.encode_invalid_numbers('x')" 0
        EVAL "cjson.encode_invalid_numbers(false)" 0
        EVAL "return tostring(cjson.decode_invalid_numbers(false))" 0
        EVAL "return tostring(cjson.decode('0x1F'))" 0
        EVAL "return tostring(cjson.decode('nan'))" 0
        EVAL "cjson.decode_invalid_numbers(true)" 0
        EVAL "return {cjson.encode_max_depth(2),cjson.encode({{1}})}" 0
        EVAL "return cjson.encode({{{1}}})" 0
        EVAL "cjson.encode_max_depth(1000) cjson.decode_max_depth(1000)" 0
        EVAL "cjson.encode_keep_buffer(true,1)" 0
        EVAL "return cjson.new().encode({1})" 0
        EVAL "return cjson._VERSION..cjson._NAME" 0
        EVAL "return cmsgpack.pack(1)" 0
        EVAL "return cmsgpack.pack(1,-1,127,128,255,256,65535,65536,4294967295,4294967296,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649)" 0
        EVAL "return cmsgpack.pack(1.5,0.1,'a',('x'):rep(40),('x'):rep(300),true,false,nil)" 0
        EVAL "return cmsgpack.pack({1,2,3},{a=1},{},{{}})" 0
        EVAL "local t={} t.t=t return #cmsgpack.pack(t)" 0
        EVAL "return cmsgpack.pack()" 0
        EVAL "return {cmsgpack.unpack(cmsgpack.pack(1,-5,'a',{1,2},1e300,70000,-70000))}" 0
        EVAL "return cmsgpack.unpack(cmsgpack.pack({a={b='c'}})).a.b" 0
        EVAL "return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3))}" 0
        EVAL "return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3),1)}" 0
        EVAL "return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3),5)}" 0
        EVAL "return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3),2)}" 0
        EVAL "return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3),2,2)}" 0
        EVAL "return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3),-2,2)}" 0
        EVAL "return cmsgpack.unpack('\\199')" 0
        EVAL "return cmsgpack.unpack('\\205')" 0
        EVAL "return cmsgpack.unpack('\\193')" 0
        EVAL "return cmsgpack.unpack(5)" 0
        EVAL "return cmsgpack.unpack()" 0
        EVAL "return cmsgpack.pack(function() end)" 0
        EVAL "return struct.pack('>I2i4bBhHlLfds',1,-2,3,4,5,6,7,8,1.5,2.5,'abc')" 0
        EVAL "return struct.pack('<I2i4',1,-2)" 0
        EVAL "return {struct.unpack('>I2i4bBhHlLs',struct.pack('>I2i4bBhHlLs',1,-2,3,4,5,6,7,8,'abc'))}" 0
        EVAL "return struct.size('>I2i4bBhHlLfd')" 0
        EVAL "return struct.size('!4bi')" 0
        EVAL "return struct.size('s')" 0
        EVAL "return struct.size('c0')" 0
        EVAL "return struct.pack('c5','abc')" 0
        EVAL "return struct.pack('c2xc0','abc','def')" 0
        EVAL "return struct.pack('I33',1)" 0
        EVAL "return struct.pack('!3i',1)" 0
        EVAL "return struct.pack('y',1)" 0
        EVAL "return struct.pack('i99999999999',1)" 0
        EVAL "return struct.unpack('i','ab')" 0
        EVAL "return {struct.unpack('Bc0','\\3abcd')}" 0
        EVAL "return struct.unpack('c0','abc')" 0
        EVAL "return struct.unpack('s','abc')" 0
        EVAL "return struct.unpack('i','abcd',0)" 0
        EVAL "return struct.unpack('b','abcd',9)" 0
        EVAL "return struct.pack('i','x')" 0
        EVAL "return {bit.band(255,15),bit.bor(1,2),bit.bxor(3,1),bit.bnot(0),bit.lshift(1,31),bit.rshift(-1,28),bit.arshift(-8,1),bit.rol(1,33),bit.ror(1,1),bit.bswap(1),bit.tobit(4294967295)}" 0
        EVAL "return {bit.tohex(255),bit.tohex(255,4),bit.tohex(255,-4)}" 0
        EVAL "return bit.band('x')" 0
        EVAL "return bit.band()" 0
        EVAL "return bit.band(1.5,3)" 0
        EVAL "return cjson.null" 0
        EVAL "local t={} for i=1,10000 do t={t} end return #cjson.encode({1})" 0

        """#

    private static let commands = #"""
        EVAL "return redis.call('set',KEYS[1],ARGV[1])" 1 k v
        EVAL "return redis.call('get',KEYS[1])" 1 k
        EVAL "return redis.call('get',KEYS[1])" 1 nokey
        EVAL "return redis.call('incr',KEYS[1])" 1 n
        EVAL "return redis.call('incr',KEYS[1])" 1 k
        EVAL "return redis.call()" 0
        EVAL "return redis.call('get')" 0
        EVAL "return redis.call('nosuch')" 0
        EVAL "return redis.call('get',{})" 0
        EVAL "return redis.call('get',true)" 0
        EVAL "return redis.call('eval','return 1',0)" 0
        EVAL "return redis.call('subscribe','x')" 0
        EVAL "return redis.call('config','get','port')" 0
        EVAL "return redis.call('config')" 0
        EVAL "return redis.call('config','nosuch')" 0
        EVAL "return redis.call('object','help')" 0
        EVAL "return redis.call('set',KEYS[1],10)" 1 num
        EVAL "return redis.call('set',KEYS[1],10.5)" 1 num
        EVAL "return redis.call('get',KEYS[1])" 1 num
        EVAL "return redis.call('set',KEYS[1],0.1)" 1 num
        EVAL "return redis.call('get',KEYS[1])" 1 num
        EVAL "return redis.call('ping')" 0
        EVAL "return redis.call('echo','x')" 0
        EVAL "return redis.call('hset',KEYS[1],'a',1,'b',2)" 1 h
        EVAL "return redis.call('hgetall',KEYS[1])" 1 h
        EVAL "redis.setresp(3) return redis.call('hgetall',KEYS[1])" 1 h
        EVAL "redis.setresp(3) local r=redis.call('hgetall',KEYS[1]) return r.map.a" 1 h
        EVAL "redis.setresp(3) return redis.call('get',KEYS[1])" 1 nokey
        EVAL "redis.setresp(3) return {1,redis.call('get',KEYS[1]),2}" 1 nokey
        EVAL "redis.setresp(3) return redis.call('sadd',KEYS[1],'m')" 1 s
        EVAL "redis.setresp(3) return redis.call('smembers',KEYS[1])" 1 s
        EVAL redis.call=1 0
        EVAL "#!lua flags=no-writes\nreturn redis.call('set',KEYS[1],1)" 1 k
        EVAL "#!lua\nreturn redis.call('get','{b}2')" 1 {a}1
        EVAL "#!lua flags=allow-cross-slot-keys\nreturn redis.call('get','{b}2')" 1 {a}1
        EVAL "return redis.call('get','{b}2')" 1 {a}1
        EVAL "#!lua\nredis.call('get','{b}2') return redis.call('get','{c}2')" 0
        EVAL "return redis.call('mget','{b}2','{c}2')" 0
        EVAL_RO "return redis.call('get',KEYS[1])" 1 k
        EVAL_RO "return redis.call('set',KEYS[1],1)" 1 k
        EVAL_RO "return redis.call('publish','a','b')" 0
        EVAL_RO "#!lua\nreturn 1" 0
        EVAL_RO "#!lua flags=no-writes\nreturn 1" 0
        EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
        EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0
        EVALSHA_RO e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
        EVALSHA aaaa 0
        EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0
        EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x
        SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db E0E1F9FABFC9D4800C877A703B823AC0578FF8DB x
        SCRIPT LOAD "return 42"
        SCRIPT LOAD "return 42 +"
        SCRIPT LOAD "#!x\nreturn 42"
        EVALSHA 1fa00e76656cc152ad327c13fe365858fd7be306 0
        SCRIPT FLUSH
        SCRIPT FLUSH SYNC
        SCRIPT FLUSH ASYNC
        SCRIPT FLUSH X
        SCRIPT FLUSH SYNC SYNC
        SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
        SCRIPT EXISTS
        SCRIPT KILL
        SCRIPT HELP
        SCRIPT NOSUCH
        SCRIPT
        SCRIPT DEBUG NO
        SCRIPT DEBUG X
        SCRIPT LOAD
        EVAL
        GET k
        MULTI
        EVAL "return redis.call('incr',KEYS[1])" 1 mm
        EVAL "return redis.call('incr',KEYS[1])" 1 k
        GET mm
        EXEC
        EVAL "return redis.call('blpop',KEYS[1],0)" 1 nolist
        EVAL "return redis.call('blmpop',0,1,KEYS[1],'LEFT')" 1 nolist
        EVAL "return redis.call('wait',0,0)" 0
        EVAL "return redis.call('wait',5,0)" 0
        EVAL "return redis.call('multi')" 0
        EVAL "return redis.call('select',0)" 0
        EVAL "return redis.call('select',1)" 0
        EVAL "return redis.call('dbsize')>0" 0
        EVAL "return redis.call('sort',KEYS[1])" 1 nolist
        EVAL "return redis.call('set','x\\0y',1)" 0
        EVAL "return redis.call('object','encoding',KEYS[1])" 1 k
        EVAL "return redis.call('time')[1]==redis.call('time')[1]" 0
        COMMAND GETKEYS EVAL "return 1" 2 a b c
        COMMAND GETKEYS EVAL "return 1" 0 c
        COMMAND GETKEYS FCALL f 1 a c
        COMMAND INFO eval eval_ro evalsha evalsha_ro fcall fcall_ro
        CONFIG GET busy-reply-threshold
        CONFIG SET lua-time-limit 4000
        CONFIG GET busy-reply-threshold
        CONFIG SET busy-reply-threshold 5000
        EVAL "redis.call('set',KEYS[1],1) redis.call('config','get','x')" 1 a
        EVAL "redis.call('ping')" 0
        EVAL "redis.call('set',KEYS[1],1)" 1 a
        EVAL "return redis.call('client','id')>0" 0
        EVAL "return redis.call('client','getname')" 0
        EVAL "return redis.call('cluster','keyslot','a')" 0
        EVAL "return redis.call('command','count') > 100" 0
        EVAL "return redis.call('flushall')" 0
        EVAL "return redis.call('keys','*')" 0
        EVAL "return redis.call('scan',0)" 0
        EVAL "return redis.call('asking')" 0
        EVAL "return redis.call('readonly')" 0
        EVAL "return redis.call('quit')" 0
        EVAL "return redis.call('reset')" 0
        EVAL "return redis.call('hello',3)" 0
        EVAL "return redis.call('auth','x')" 0
        EVAL "return redis.call('watch','x')" 0
        EVAL "return redis.call('unwatch')" 0
        EVAL "return redis.call('exec')" 0
        EVAL "return redis.call('shutdown')" 0
        EVAL "return redis.call('save')" 0
        EVAL "return redis.call('bgsave')" 0
        EVAL "return redis.call('acl','whoami')" 0
        EVAL "return redis.call('acl','help')[1]" 0
        EVAL "return redis.call('lastsave')>0" 0
        EVAL "return redis.call('role')[1]" 0
        EVAL "return redis.call('slowlog','len')>=0" 0
        EVAL "return redis.call('module','list')" 0
        EVAL "return redis.call('pubsub','channels')" 0
        EVAL "return redis.call('publish','x','y')" 0
        EVAL "return redis.call('spublish','x','y')" 0
        EVAL "return redis.call('script','help')[1]" 0
        EVAL "return redis.call('fcall','g',0)" 0
        EVAL "return redis.call('latency','reset')" 0
        EVAL "return redis.call('swapdb',0,1)" 0
        EVAL "return redis.call('restore','k',0,'x')" 0
        EVAL "redis.setresp(3) return redis.call('config','get','port')" 0
        EVAL "redis.setresp(3) redis.call('hset','h','a','1.5') return redis.call('hincrbyfloat','h','a',1)" 0
        EVAL "redis.setresp(3) return redis.call('command','docs','nosuch')" 0
        EVAL "redis.setresp(3) return redis.call('info','cluster')" 0
        EVAL "redis.setresp(3) return redis.call('lpop','nolist',2)" 0
        EVAL "return redis.call('lpop','nolist',2)" 0
        EVAL "redis.setresp(3) return {redis.call('lpop','nolist',2)}" 0
        EVAL "return redis.call('SET','k','v','bad')" 0
        EVAL "return redis.call('GET','k','v')" 0

        """#
}
