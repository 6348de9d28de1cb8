extension Transcript {
    /// Counters.
    static let counters: [Transcript] = [
        Transcript(
            "INCR and its kind",
            #"""
            > INCR a
            :1
            > INCR a
            :2
            > INCRBY a 10
            :12
            > DECR a
            :11
            > DECRBY a 5
            :6
            > GET a
            $1
            6
            > INCRBY a -100
            :-94
            > DECR fresh
            :-1
            > INCRBY a x
            -ERR value is not an integer or out of range
            > INCRBY a 1.5
            -ERR value is not an integer or out of range
            > INCRBY a 9223372036854775808
            -ERR value is not an integer or out of range
            > SET a abc
            +OK
            > INCR a
            -ERR value is not an integer or out of range
            > SET a " 1"
            +OK
            > INCR a
            -ERR value is not an integer or out of range
            > SET a 007
            +OK
            > INCR a
            -ERR value is not an integer or out of range
            > SET a ""
            +OK
            > INCR a
            -ERR value is not an integer or out of range
            """#),
        Transcript(
            "Counters do not overflow",
            #"""
            > SET a 9223372036854775807
            +OK
            > INCR a
            -ERR increment or decrement would overflow
            > INCRBY a 1
            -ERR increment or decrement would overflow
            > DECR a
            :9223372036854775806
            > SET a -9223372036854775808
            +OK
            > DECR a
            -ERR increment or decrement would overflow
            > DECRBY a 1
            -ERR increment or decrement would overflow
            > DECRBY a -9223372036854775808
            -ERR decrement would overflow
            > INCRBY a -1
            -ERR increment or decrement would overflow
            > GET a
            $20
            -9223372036854775808
            """#),
        Transcript(
            "INCRBYFLOAT",
            #"""
            > INCRBYFLOAT a 10.5
            $4
            10.5
            > INCRBYFLOAT a 0.1
            $4
            10.6
            > INCRBYFLOAT a -5
            $3
            5.6
            > SET a 5.0e3
            +OK
            > INCRBYFLOAT a 2.0e2
            $4
            5200
            > SET a 10
            +OK
            > INCRBYFLOAT a 1
            $2
            11
            > OBJECT ENCODING a
            $6
            embstr
            > INCRBYFLOAT a -11
            $1
            0
            > SET a 3
            +OK
            > INCRBYFLOAT a 1.1
            $3
            4.1
            > INCRBYFLOAT a x
            -ERR value is not a valid float
            > INCRBYFLOAT a " 1"
            -ERR value is not a valid float
            > INCRBYFLOAT a "1 "
            -ERR value is not a valid float
            > INCRBYFLOAT a ""
            -ERR value is not a valid float
            > INCRBYFLOAT a nan
            -ERR value is not a valid float
            > INCRBYFLOAT a inf
            -ERR increment would produce NaN or Infinity
            > INCRBYFLOAT a -inf
            -ERR increment would produce NaN or Infinity
            > INCRBYFLOAT a 1e5000
            -ERR value is not a valid float
            > INCRBYFLOAT a 0x10
            $4
            20.1
            > SET a abc
            +OK
            > INCRBYFLOAT a 1
            -ERR value is not a valid float
            > SET a 1e300
            +OK
            > INCRBYFLOAT a 0
            $301
            1000000000000000000008997324079559193870523944273290747938260082321265646596180935755849152083750497190350372508614274835903592556184672983913096260520748646287327135641843653294084255107606016789726652932370030551382947620994540294772781889620606179267611627097410650567187386105690089424915104006144
            """#),
    ]
}
