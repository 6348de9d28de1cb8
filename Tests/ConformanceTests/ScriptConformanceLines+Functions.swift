extension ScriptConformanceLines {
    static let functions = #"""
        FUNCTION KILL
        FUNCTION HELP
        FUNCTION STATS
        FUNCTION LIST
        FUNCTION DUMP
        FUNCTION LOAD x
        FUNCTION LOAD "#!lua"
        FUNCTION LOAD "#!lua\nreturn 1"
        FUNCTION LOAD "#!lua name=\nreturn 1"
        FUNCTION LOAD "#!lua name=a-b\nreturn 1"
        FUNCTION LOAD "#!lua name=a name=b\nreturn 1"
        FUNCTION LOAD "#!lua name=a x=b\nreturn 1"
        FUNCTION LOAD "#!py name=a\nreturn 1"
        FUNCTION LOAD "#!lua name=a\nreturn 1"
        FUNCTION LOAD "#!lua name=a\nreturn ("
        FUNCTION LOAD "#!lua name=a\nerror('x')"
        FUNCTION LOAD "#!lua name=a\nerror({err='x'})"
        FUNCTION LOAD "#!lua name=a\nreturn redis.call('ping')"
        FUNCTION LOAD "#!lua name=a\nreturn math.random()"
        FUNCTION LOAD "#!lua name=a\nx=1"
        FUNCTION LOAD "#!lua name=a\nredis.x=1"
        FUNCTION LOAD "#!lua name=a\nreturn redis.x"
        FUNCTION LOAD "#!lua name=a\nredis.register_function()"
        FUNCTION LOAD "#!lua name=a\nredis.register_function('x')"
        FUNCTION LOAD "#!lua name=a\nredis.register_function(function() end)"
        FUNCTION LOAD "#!lua name=a\nredis.register_function('x','y')"
        FUNCTION LOAD "#!lua name=a\nredis.register_function(1,2,3)"
        FUNCTION LOAD "#!lua name=a\nredis.register_function('a-b',function() end)"
        FUNCTION LOAD "#!lua name=a\nredis.register_function('f',function() end) redis.register_function('f',function() end)"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f'}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{callback=function() end}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name={},callback=function() end}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=5}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,flags=5}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,flags={'x'}}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,flags={5}}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,foo=1}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,[{}]=1}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function() end,description={}}"
        FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name='f',callback=function(k,a) return {k,a} end,description='what',flags={'no-writes','ALLOW-STALE'}}"
        FUNCTION LIST
        FUNCTION LIST WITHCODE
        FUNCTION LIST LIBRARYNAME A*
        FUNCTION LIST LIBRARYNAME b
        FUNCTION LIST LIBRARYNAME
        FUNCTION LIST X
        FUNCTION LIST WITHCODE WITHCODE
        FUNCTION STATS
        FUNCTION DUMP
        FCALL f 0
        FCALL f 1 a b c
        FCALL f 2 {a}1 {a}2 b c
        FCALL f 2 {a}1 {b}2 b c
        FCALL f x
        FCALL f 5 a
        FCALL f -1
        FCALL nosuch 0
        FCALL nosuch x
        FCALL_RO f 1 a b
        FUNCTION LOAD "#!lua name=a\nredis.register_function('g',function() end)"
        FUNCTION LOAD "#!lua name=b\nredis.register_function('f',function() end)"
        FUNCTION LOAD REPLACE "#!lua name=b\nredis.register_function('f',function() end)"
        FUNCTION LOAD FOO "#!lua name=b\nredis.register_function('f',function() end)"
        FUNCTION LOAD REPLACE
        FUNCTION LOAD "#!lua name=b\nlocal n=0 redis.register_function('w',function(k,a) n=n+1 redis.call('set',k[1],a[1]) return n end)\nredis.register_function('e',function() error('bad') end)\nredis.register_function('u',function() return nope end)\nredis.register_function('s',function() nope=1 end)\nredis.register_function('c',function() return redis.call('incr','k') end) redis.register_function('p',function() local t={} for k in pairs(redis) do t[#t+1]=k end table.sort(t) return t end) redis.register_function('m',function() return type(math.floor)..type(_G)..tostring(rawget(_G,'KEYS')) end) redis.register_function('h',function() local t={} for k,v in pairs(_G) do t[#t+1]=k end table.sort(t) return t end)"
        FCALL w 1 k 5
        FCALL w 1 k 6
        FCALL_RO w 1 k 5
        FCALL e 0
        FCALL u 0
        FCALL s 0
        FCALL c 0
        FCALL p 0
        FCALL m 0
        FCALL h 0
        FUNCTION LIST LIBRARYNAME a WITHCODE
        FUNCTION DELETE nosuch
        FUNCTION DELETE b
        FCALL w 1 k 5
        FUNCTION DUMP
        FUNCTION RESTORE x
        FUNCTION RESTORE "\xf5\xc3@X@b\x1f#!lua name=a\nredis.register_functio" APPEND
        FUNCTION RESTORE x BAD
        FUNCTION RESTORE x FLUSH y
        FUNCTION FLUSH X
        FUNCTION FLUSH SYNC
        FUNCTION FLUSH ASYNC
        FUNCTION FLUSH SYNC SYNC
        FUNCTION LIST
        FCALL f 0
        FUNCTION NOSUCH
        FUNCTION

        """#
}
