extension ScriptConformanceLines {
    static let sandbox = #"""
        EVAL "return {1,2,{3,'x'},nil,4}" 0
        EVAL "return nil" 0
        EVAL "return {verbatim_string={format='txt',string='abc'}}" 0
        EVAL "return {verbatim_string={format='t',string='abc'}}" 0
        EVAL "redis.setresp(3); return {true,false,nil}" 0
        EVAL "return redis.pcall('incr',KEYS[1])" 1 k
        EVAL "return pcall(redis.call,'incr',KEYS[1])" 1 k
        EVAL "local ok,e=pcall(redis.call,'incr',KEYS[1]); return {ok and 1 or 0, e}" 1 k
        EVAL "local e=redis.pcall('incr',KEYS[1]); return e.err" 1 k
        EVAL "local e=redis.pcall('incr',KEYS[1]); return {tostring(e.ignore_error_stats_update),tostring(e.source),tostring(e.line)}" 1 k
        EVAL "return redis.pcall()" 0
        EVAL "return redis.pcall('nosuch')" 0
        EVAL "return redis.call('get',nil)" 0
        EVAL "redis.setresp(3) local r=redis.call('smembers',KEYS[1]) return tostring(r.set.m)" 1 s
        EVAL "return _G.x" 0
        EVAL _G.x=1 0
        EVAL "return type(_G)" 0
        EVAL string.x=1 0
        EVAL math.pi=1 0
        EVAL "rawset(_G,'x',1)" 0
        EVAL "rawset(redis,'x',1)" 0
        EVAL "setmetatable(_G,{})" 0
        EVAL "table.insert(redis,1)" 0
        EVAL "table.insert(_G,1)" 0
        EVAL "table.remove(redis)" 0
        EVAL "table.sort(redis)" 0
        EVAL "getmetatable(_G).__index=nil" 0
        EVAL "return type(getmetatable(_G))" 0
        EVAL "return type(getmetatable(_G).__index)" 0
        EVAL "getmetatable('').__index=nil" 0
        EVAL string.upper=nil 0
        EVAL "getmetatable('').__index.upper=nil" 0
        EVAL "return rawget(_G,'x')" 0
        EVAL "return type(rawget(_G,'redis'))" 0
        EVAL "local t={} for k,v in pairs(redis) do t[#t+1]=k..'='..type(v) end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(_G) do t[#t+1]=k..'='..type(v) end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(string) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(table) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(math) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(coroutine) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "local t={} for k,v in pairs(bit) do t[#t+1]=k end table.sort(t) return t" 0
        EVAL "local t={} table.foreach(bit,function(k) t[#t+1]=k end) table.sort(t) return t" 0
        EVAL "return next(redis)==nil" 0
        EVAL "return table.maxn(redis)" 0
        EVAL "return os.time()" 0
        EVAL "return io" 0
        EVAL "return debug" 0
        EVAL "return package" 0
        EVAL "return tostring(pcall(error))" 0
        EVAL "return {pcall(error,'x')}" 0
        EVAL "local a,b=pcall(error,'x') return b" 0
        EVAL "local a,b=pcall(error,{err='E y'}) return b" 0
        EVAL "local a,b=pcall(error,{1}) return b" 0
        EVAL "error('boom')" 0
        EVAL "error('boom',0)" 0
        EVAL "error('boom',2)" 0
        EVAL "error({err='MYCODE text'})" 0
        EVAL "error()" 0
        EVAL "error(nil)" 0
        EVAL "error(5)" 0
        EVAL "error(true)" 0
        EVAL "local function f() error('in f') end\nf()" 0
        EVAL "local t=nil\nreturn t.x" 0
        EVAL "string.rep()" 0
        EVAL "return loadstring('return 5')()" 0
        EVAL "return loadstring('x=')" 0
        EVAL "local a,b=loadstring('x=') return b" 0
        EVAL "local a,b=loadstring('\\27Lua') return b" 0
        EVAL "loadstring('x=1')()" 0
        EVAL "local a,b=load(function() return nil end) return type(a)" 0
        EVAL "local n=0 local f=load(function() n=n+1 return ({'return ','7'})[n] end) return f()" 0
        EVAL "local a,b=load(function() return {} end) return b" 0
        EVAL "local a,b=load(function() error('rd') end) return b" 0
        EVAL "return load(5)" 0
        EVAL "local f=function() return y end setfenv(f,{y=3}) return f()" 0
        EVAL "return type(getfenv())" 0
        EVAL "return getfenv()==_G" 0
        EVAL "return xpcall(function() error('q') end,function(e) return 'h:'..e end)" 0
        EVAL "local a,b=xpcall(function() error('q') end,function(e) return 'h:'..e end) return b" 0
        EVAL "local co=coroutine.wrap(function() coroutine.yield(redis.call('ping')) end) return co()" 0
        EVAL "return math.random()" 0
        EVAL "return tostring(math.random())" 0
        EVAL "return {math.random(100),math.random(5,10)}" 0
        EVAL "math.randomseed(10) return {tostring(math.random()),math.random(1000),math.random(-5,5)}" 0
        EVAL "return math.random(0)" 0
        EVAL "return math.random(1,2,3)" 0
        EVAL "return math.random(5,1)" 0
        EVAL "math.randomseed()" 0
        EVAL "return tostring(math.pi)" 0
        EVAL "return redis.error_reply('My Err')" 0
        EVAL "return redis.error_reply('-My Err')" 0
        EVAL "return redis.error_reply('MyErr')" 0
        EVAL "return redis.error_reply('')" 0
        EVAL "return redis.error_reply()" 0
        EVAL "return redis.error_reply(5)" 0
        EVAL "return redis.debug('x')" 0
        EVAL "return redis.register_function('a',function() end)" 0
        EVAL "#!lua\nerror('line 2')" 0
        EVAL "error('x')" 0
        EVAL "return redis.call('randomkey')==nil" 0
        EVAL "return redis.call('info','server') ~= nil" 0
        EVAL "return redis.call('debug','sleep',0)" 0
        EVAL "return redis.call('memory','usage',KEYS[1])==nil" 1 a
        EVAL "return redis.call('script','load','return 1')" 0
        EVAL "return redis.call('function','list')" 0
        EVAL "return redis.call('function','help')[1]" 0
        EVAL "redis.setresp(3) local r=redis.call('info','cluster') return r.verbatim_string.format" 0
        EVAL "return {verbatim_string={format=1,string='x'}}" 0
        EVAL "return {verbatim_string={format='txt'}}" 0
        EVAL "return function() end" 0
        EVAL "return coroutine.create(function() end)" 0
        EVAL "local function f() return f() end return pcall(function() local function g() return 1+g() end g() end)" 0
        EVAL "local function g() return 1+g() end return g()" 0
        EVAL "return string.rep('x',10,'y')" 0
        EVAL "return string.format('%5.2f %s %d %q',3.14159,'x',5,'a\nb')" 0
        EVAL "return string.format('%d','x')" 0
        EVAL "return {string.find('hello','l+')}" 0
        EVAL "return string.gsub('hello','l','L')" 0
        EVAL "return {string.byte('abc',1,-1)}" 0
        EVAL "return string.char(1,2,300)" 0
        EVAL "return tostring(1e15)" 0
        EVAL "return tostring(2^53)" 0
        EVAL "return tostring(-0.0)" 0
        EVAL "return select('#',1,nil,nil)" 0
        EVAL "local co=coroutine.create(function() error('x') end) return {coroutine.resume(co)}" 0
        EVAL "local co=coroutine.create(function() redis.call('nosuch') end) local a,b=coroutine.resume(co) return b" 0
        EVAL "return redis==_G.redis" 0
        EVAL "return rawset({},1)" 0
        EVAL "return tostring(setmetatable({},{__tostring=function() return 'T' end}))" 0
        EVAL "rawset(getmetatable(''),'x',1)" 0
        EVAL "rawset(getmetatable(_G),'x',1)" 0
        EVAL "local t={} setmetatable(t,{__index=_G}) return t.nosuch" 0
        EVAL ARGV=nil 1 a
        EVAL _G._G=nil 0
        EVAL "for k in pairs(_G) do if k=='x' then return 1 end end" 0
        EVAL "table.insert(string,1)" 0
        EVAL "table.insert(redis,1,1)" 0
        EVAL "table.setn({},1)" 0
        EVAL "return table.getn({1,2})" 0
        EVAL "table.foreachi({5},function(i,v) return v end)" 0
        EVAL "return table.concat({1,2,{}})" 0
        EVAL "table.sort({3,'a'})" 0
        EVAL "table.sort({3,1,2},function(a,b) error('cmp') end)" 0
        EVAL "return loadstring('return ...')(7)" 0
        EVAL "return loadstring('error(\"in chunk\")','=name')()" 0
        EVAL "return loadstring('error(\"in chunk\")','@name')()" 0
        EVAL "return loadstring('error(\"in chunk\")')()" 0
        EVAL "return assert(nil,'msg')" 0
        EVAL "return xpcall(error)" 0
        EVAL "return {xpcall(function() redis.call('nosuch') end,function(e) return e end)}" 0
        EVAL "return {xpcall(function() redis.call('nosuch') end,function(e) return e.err end)}" 0
        EVAL __redis__err__handler=nil 0
        EVAL "return tostring(nil)..tostring(true)" 0
        EVAL "return string.dump(function() end) ~= nil" 0
        EVAL "return loadstring(string.dump(function() return 1 end))" 0
        EVAL "local a,b=loadstring(string.dump(function() return 1 end)) return b" 0
        EVAL "return {redis.pcall('GET','k','v'),1}" 0
        EVAL "return redis.error_reply('a\nb c')" 0
        EVAL "return redis.error_reply('A\r\nb c\r\n')" 0
        EVAL "error('A\r\nb c\r\n')" 0
        EVAL "error({err='A\r\nb c\r\n'})" 0

        """#
}
