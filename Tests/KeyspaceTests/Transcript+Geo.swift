extension Transcript {
    /// Places and searches for them.
    static let geo: [Transcript] = [
        Transcript(
            "places",
            #"""
            > GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
            :2
            > GEOADD g 13.361389 38.115556 Palermo
            :0
            > GEOADD g XX CH 13.5 38 Palermo 2 2 none
            :1
            > GEOADD g NX XX 1 1 a
            -ERR syntax error
            > GEOADD g 181 1 a
            -ERR invalid longitude,latitude pair 181.000000,1.000000
            > GEOADD g 1 86 a
            -ERR invalid longitude,latitude pair 1.000000,86.000000
            > GEOADD g x 1 a
            -ERR value is not a valid float
            > GEOADD g 1 1
            -ERR wrong number of arguments for 'geoadd' command
            > GEOPOS g Palermo none Catania
            *3
            *2
            $20
            13.50000053644180298
            $19
            38.0000009925631943
            *-1
            *2
            $20
            15.08726745843887329
            $20
            37.50266842333162032
            > GEOPOS none a
            *1
            *-1
            > GEOHASH g Palermo none Catania
            *3
            $11
            sqc85jwqhc0
            $-1
            $11
            sqdtr74hyu0
            > GEODIST g Palermo Catania
            $11
            150148.5551
            > GEODIST g Palermo Catania km
            $8
            150.1486
            > GEODIST g Palermo Catania MI
            $7
            93.2982
            > GEODIST g Palermo Catania yd
            -ERR unsupported unit provided. please use M, KM, FT, MI
            > GEODIST g Palermo none
            $-1
            > GEODIST none a b
            $-1
            > ZSCORE g Catania
            $16
            3479447370796909
            > TYPE g
            +zset
            > SET s x
            +OK
            > GEOPOS s a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            """#),
        Transcript(
            "searches",
            #"""
            > GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 13.583333 37.316667 Agrigento 2.349014 48.864716 Paris
            :4
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC
            *3
            $7
            Catania
            $9
            Agrigento
            $7
            Palermo
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km DESC WITHDIST WITHCOORD WITHHASH
            *3
            *4
            $7
            Palermo
            $8
            190.4424
            :3479099956230698
            *2
            $20
            13.36138933897018433
            $20
            38.11555639549629859
            *4
            $9
            Agrigento
            $8
            130.4235
            :3479030013248308
            *2
            $19
            13.5833314061164856
            $20
            37.31666804993816555
            *4
            $7
            Catania
            $7
            56.4413
            :3479447370796909
            *2
            $20
            15.08726745843887329
            $20
            37.50266842333162032
            > GEOSEARCH g FROMMEMBER Palermo BYBOX 400 200 km ASC WITHDIST
            *3
            *2
            $7
            Palermo
            $6
            0.0000
            *2
            $9
            Agrigento
            $7
            90.9778
            *2
            $7
            Catania
            $8
            166.2742
            > GEOSEARCH g FROMMEMBER Palermo BYRADIUS 5000 km ASC COUNT 2
            *2
            $7
            Palermo
            $9
            Agrigento
            > GEOSEARCH g FROMMEMBER Palermo BYRADIUS 20000 km ASC
            *4
            $7
            Palermo
            $9
            Agrigento
            $7
            Catania
            $5
            Paris
            > GEOSEARCH g FROMMEMBER none BYRADIUS 1 km
            -ERR could not decode requested zset member
            > GEOSEARCH g BYRADIUS 1 km ASC ASC ASC
            -ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH
            > GEOSEARCH g FROMLONLAT 15 37 ASC ASC
            -ERR exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km ANY
            -ERR the ANY argument requires COUNT argument
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS -1 km
            -ERR radius cannot be negative
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS x km
            -ERR need numeric radius
            > GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 -1 km
            -ERR height or width cannot be negative
            > GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km COUNT 0
            -ERR COUNT must be > 0
            > GEOSEARCH none FROMLONLAT 15 37 BYRADIUS 1 km
            *0
            > GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km
            :3
            > ZRANGE d 0 -1 WITHSCORES
            *6
            $9
            Agrigento
            $16
            3479030013248308
            $7
            Palermo
            $16
            3479099956230698
            $7
            Catania
            $16
            3479447370796909
            > GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km ASC COUNT 1 STOREDIST
            :1
            > ZCARD d
            :1
            > GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km WITHDIST
            -ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options
            > GEOSEARCHSTORE d g FROMLONLAT 0 0 BYRADIUS 1 km
            :0
            > EXISTS d
            :0
            > GEORADIUS g 15 37 100 km
            *1
            $7
            Catania
            > GEORADIUS g 15 37 200 km WITHDIST COUNT 1
            *1
            *2
            $7
            Catania
            $7
            56.4413
            > GEORADIUS g 15 37 200 km STORE d
            :3
            > ZCARD d
            :3
            > GEORADIUS g 15 37 200 km STORE d WITHDIST
            -ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options
            > GEORADIUS_RO g 15 37 200 km STORE d
            -ERR syntax error
            > GEORADIUS_RO g 15 37 200 km ASC
            *3
            $7
            Catania
            $9
            Agrigento
            $7
            Palermo
            > GEORADIUSBYMEMBER g Agrigento 100 km
            *2
            $9
            Agrigento
            $7
            Palermo
            > GEORADIUSBYMEMBER g none 100 km
            -ERR could not decode requested zset member
            > GEORADIUSBYMEMBER none a x km STORE d
            :0
            > EXISTS d
            :0
            > GEORADIUSBYMEMBER_RO g Agrigento 100 km WITHDIST
            *2
            *2
            $9
            Agrigento
            $6
            0.0000
            *2
            $7
            Palermo
            $7
            90.9778
            """#),
    ]
}
