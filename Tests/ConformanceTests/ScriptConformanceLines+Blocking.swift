extension ScriptConformanceLines {
    /// What waits elsewhere, in scripts and in transactions; XADD at the end of what IDs there are.
    static let blocking = #"""
        EVAL "return redis.call('xread','block','0','streams',KEYS[1],'$')" 1 s
        EVAL "return redis.call('xread','block','10','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('xread','block','-1','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('xread','block','x','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('xread','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('xreadgroup','group','g','c','block','0','streams',KEYS[1],'>')" 1 s
        XGROUP CREATE s g $ MKSTREAM
        EVAL "return redis.call('xreadgroup','group','g','c','block','0','streams',KEYS[1],'>')" 1 s
        EVAL "return redis.call('xreadgroup','group','g','c','streams',KEYS[1],'>')" 1 s
        EVAL "return redis.call('xreadgroup','group','g','c','block','0','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('blpop',KEYS[1],0)" 1 l
        EVAL "return redis.call('brpop',KEYS[1],-1)" 1 l
        EVAL "return redis.call('brpop',KEYS[1],'x')" 1 l
        EVAL "return redis.call('blmove',KEYS[1],KEYS[1],'left','right',0)" 1 l
        EVAL "return redis.call('brpoplpush',KEYS[1],KEYS[1],0)" 1 l
        EVAL "return redis.call('blmpop',0,1,KEYS[1],'LEFT')" 1 l
        EVAL "return redis.call('bzpopmin',KEYS[1],0)" 1 l
        EVAL "return redis.call('bzpopmax',KEYS[1],0)" 1 l
        EVAL "return redis.call('bzmpop',0,1,KEYS[1],'MIN')" 1 l
        EVAL "redis.setresp(3) return redis.call('blpop',KEYS[1],0)" 1 l
        EVAL "redis.setresp(3) return redis.call('xread','block','0','streams',KEYS[1],'$')" 1 s
        EVAL "redis.setresp(3) return redis.call('xread','streams',KEYS[1],'$')" 1 s
        EVAL "redis.setresp(3) return redis.call('bzmpop',0,1,KEYS[1],'MIN')" 1 l
        EVAL "redis.setresp(3) return redis.call('brpoplpush',KEYS[1],KEYS[1],0)" 1 l
        EVAL "redis.setresp(3) return redis.call('blmove',KEYS[1],KEYS[1],'left','right',0)" 1 l
        EVAL "return redis.call('wait',1,0)" 0
        EVAL "return redis.call('subscribe','x')" 0
        EVAL "return redis.call('ssubscribe','x')" 0
        EVAL "return redis.call('psubscribe','x')" 0
        EVAL "return redis.call('monitor')" 0
        EVAL "return redis.call('client','pause',1)" 0
        EVAL "return redis.call('client','unblock',1)" 0
        EVAL "return redis.call('client','kill','id',1)" 0
        EVAL "return redis.call('client','no-evict','on')" 0
        EVAL "return redis.call('client','tracking','on')" 0
        EVAL "return redis.call('client','reply','off')" 0
        EVAL "return redis.call('replconf','x','y')" 0
        EVAL "return redis.call('eval','return 1',0)" 0
        EVAL "return redis.call('function','list')" 0
        EVAL "return redis.call('function','load','x')" 0
        EVAL "return redis.call('discard')" 0
        RPUSH l a b c
        EVAL "return redis.call('blpop',KEYS[1],0)" 1 l
        EVAL "return redis.call('blmove',KEYS[1],KEYS[1],'left','right',0)" 1 l
        EVAL "return redis.call('bzpopmin',KEYS[1],0)" 1 l
        EVAL "return redis.call('xread','block','0','streams',KEYS[1],'$')" 1 l
        XADD s 1-1 a b
        EVAL "return redis.call('xread','block','0','streams',KEYS[1],'0')" 1 s
        EVAL "return redis.call('xreadgroup','group','g','c','block','0','streams',KEYS[1],'>')" 1 s
        MULTI
        BLPOP nol 0
        BRPOP nol 0
        BLMOVE nol nol LEFT RIGHT 0
        BRPOPLPUSH nol nol 0
        BLMPOP 0 1 nol LEFT
        BZPOPMIN nol 0
        BZPOPMAX nol 0
        BZMPOP 0 1 nol MIN
        EXEC
        MULTI
        XREAD BLOCK 0 STREAMS {nol}s $
        XREADGROUP GROUP g c BLOCK 0 STREAMS {nol}s >
        XREAD BLOCK 10 STREAMS {nol}s 0
        XREAD BLOCK -1 STREAMS {nol}s 0
        WAIT 1 0
        EVAL "return redis.call('xread','block','0','streams',KEYS[1],'$')" 1 {nol}s
        EVAL "return redis.call('xread','streams',KEYS[1],'$')" 1 {nol}s
        EVAL "return redis.call('blpop',KEYS[1],0)" 1 {nol}l
        EXEC
        XADD xk 5-18446744073709551615 a b
        XADD xk 5-* a b
        XADD xk 4-* a b
        XADD xk 6-* a b
        XADD xk 18446744073709551615-18446744073709551615 a b
        XADD xk 18446744073709551615-* a b
        XADD xk 0-* a b
        XADD xk2 0-* a b
        XADD xk3 0-18446744073709551615 a b
        XADD xk3 0-* a b
        XADD xk2 0-0 a b
        XADD xk4 18446744073709551615-* a b
        XADD xk4 18446744073709551615-* a b
        XSETID xk3 18446744073709551615-18446744073709551615
        XADD xk3 18446744073709551615-* a b
        XADD xk3 x-* a b
        XADD xk3 1-*x a b
        XADD xk3 -* a b
        XADD xk3 *-1 a b
        XADD xk3 1-** a b

        """#.conformanceLines
}

extension String {
    /// The lines, without what indents them.
    var conformanceLines: [String] {
        split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.filter { !$0.isEmpty }.map(
            String.init)
    }
}
