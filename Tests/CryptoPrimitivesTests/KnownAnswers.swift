// Made by make_known_answers.py from code that shares nothing with this package; not to be edited by hand.

/// What other people's code answers; hexadecimal, scalars and shares little-endian.
enum KnownAnswers {
    /// BLAKE2b, personalisation "QSA1 test"; key and data are the first bytes of 7 i + 3 modulo 256.
    static let blake2b: [(key: Int, data: Int, output: Int, digest: String)] = [
        (key: 0, data: 0, output: 32, digest: "ba2b52d2f53f14c9388b225ae06d1443ad72dbd3234983b1f078bf4bb2760747"),
        (key: 0, data: 1, output: 32, digest: "2579ccdfd5f895308f60846b5b7ed103cfe62f32443912d26842e034bad33014"),
        (key: 0, data: 63, output: 32, digest: "3f2b9b84b5068b41e78a485116faa90bcce276de9454a623cfcfb74e20f1e60e"),
        (key: 0, data: 64, output: 32, digest: "d21abf84a58abbb8e252947e5139109b74216cce990df7ce3901bd5f3d1dfdea"),
        (key: 0, data: 127, output: 32, digest: "a5ab5d8301cfe6c63747f5cda4b13ed30ac13a8be4654f57cd20b26c98e3014e"),
        (key: 0, data: 128, output: 32, digest: "ea62e5bd72dc3d02f45428704c23913eba9bdc645163d6e79b2ccb0ac7ea74c4"),
        (key: 0, data: 129, output: 32, digest: "cd4b2834f288878a3904ea1bd4b9bf76315d2c78f8ff6bcf1481f8e666a1deb3"),
        (key: 0, data: 255, output: 32, digest: "e9dc1bf6492d1265204a9477075747a864bd359a06f9733299a13b1fb3574a6f"),
        (key: 0, data: 256, output: 32, digest: "8f06de244b5a996ba5a86a080a96c7b75217fdbdad5eaf809c186fd09550de61"),
        (key: 0, data: 257, output: 32, digest: "18eb4937dadec8599bed7a969ed8bf5673c1a056bc7c9b138d41520b5d3fa81c"),
        (key: 0, data: 1000, output: 32, digest: "2a5c0bc3597768976eb21d9b3f90472bee4b08ee197debceddb979b5464cca30"),
        (key: 16, data: 0, output: 32, digest: "f1a614b6cd54f4fe813af450a44206cf729106600f39215c82de3a103e79bb1b"),
        (key: 32, data: 1, output: 32, digest: "ba2d84a5518c0b7d6af82e2f8a5acfa1d9b8f98568daa40f5cf8599247028d45"),
        (key: 32, data: 128, output: 32, digest: "c483a0f27249d5fa5cbe3b278250d9ca034cb1d7ef19c3e75ef55ba0f610a8d2"),
        (key: 64, data: 1000, output: 32, digest: "dcbfe685b5aa4797a23fc5777e65c0ecec8a2d16478799fd40748f3c868cc235"),
        (key: 32, data: 129, output: 16, digest: "063bb221abc2e3c69d41810456f6ae2c"),
        (
            key: 32, data: 64, output: 64,
            digest:
                "94b508e9f3c036c47af2232bfc43643f08c76d2f23f9896c7e3b63af4729d588d96870422e10e10de4d69664d06d653e77d1b00832737477cf8a7ef6aab5f718"
        ),
        (
            key: 0, data: 3, output: 64,
            digest:
                "345ee29109eaf53411b9cdd4a9d16482a843b7c822bea14b3f8c0b3d732833b411a24fad820a8f87f34ed634df91299ffe7557b5c5af8c0f823582b8dceff895"
        ),
        (key: 17, data: 300, output: 33, digest: "04c746eb47503b62788f43378a6366533fa538ea5b3dab4331656c6b835200dad3"),
    ]

    /// The same over 100 bytes with other personalisations: none, and 16 characters.
    static let blake2bEmptyPersonal = "012c2a13c1f9c73f0b65bdb7aa77e5cf316c915d0bb15b373fb2b0d7f4d9d6c4"
    static let blake2bFullPersonal = "8977919c92bfbfc43d0cf7bad6b2f24d1e7fc563332254a7b8b61fa1ecab9f45"
    /// Five bytes of the pattern, UInt32 0x01020304, UInt64 0x1112131415161718, 32 bytes of the pattern.
    static let blake2bPieces = "5cf21b4e448b86f9c08a059459917c390263b6892811fe9a2f2c1795819ba858"

    /// RFC 8439 appendix A.1, those with a zero nonce.
    static let chaCha20: [(key: String, block: UInt32, stream: String)] = [
        (
            key: "0000000000000000000000000000000000000000000000000000000000000000", block: 0,
            stream:
                "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
        ),
        (
            key: "0000000000000000000000000000000000000000000000000000000000000000", block: 1,
            stream:
                "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"
        ),
        (
            key: "0000000000000000000000000000000000000000000000000000000000000001", block: 1,
            stream:
                "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0"
        ),
        (
            key: "00ff000000000000000000000000000000000000000000000000000000000000", block: 2,
            stream:
                "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096"
        ),
    ]

    /// The last block of the stream of the key below: block 2^32 - 1.
    static let chaCha20Key = "2806898db4d645b160ce9d351569ebebce25572c631feff89421940882d760f1"
    static let chaCha20LastBlock =
        "5c2324dfd94594a446c87326595a76fc302198f77d9b0608515b1078d6955f29d59b0a7db3ab845989c544ba5c0a4a0c3b48043166c7b7fd15ece71caae43268"
    /// BLAKE2b ("QSA1 test") of its first 100,000 bytes.
    static let chaCha20Digest = "c7e493c20f8631a36d79eaaca6c698b279828f801d5eb86e5ad4f490b59478d8"

    /// The seeded source: its first 80 bytes, and BLAKE2b ("QSA1 test") of its first 100,003.
    static let seeded: [(seed: UInt64, label: String, head: String, digest: String)] = [
        (
            seed: 0, label: "",
            head:
                "297e25fb7ee0b63f472bb1098b85209c4c05226b3bdc869445ec89bc4a4eaf6e23bf51368040b6a607d6e02126da7e4560df37d361226c25834fea74cf5940ae20e746cb2ea4cfaaff317018791bc652",
            digest: "01fdc1f6a0baca90164eff7b7ec7b83d82f8260f8cc61cade3252064594b6d12"
        ),
        (
            seed: 42, label: "",
            head:
                "3f39fad3961bca39c7c574d1a1540c0d8621426f7803046db3b1c78c5c90d8276048e28b3d5b4e47b11de22edc2583e07ab908d7c8e0ae30fb17673f0a35608f2915c3dabca2f46a6a4f69c982e910ce",
            digest: "46b7e8a97f2f7fdbb98ce091ef7d6d1ad8f524fccbd9d35cf151690123f7f3c6"
        ),
        (
            seed: 18446744073709551615, label: "round/3 é",
            head:
                "164b7f8bc81d5d390588de87019bfbe7cabba6d32c580323b8216140094a2c311f165e7bf56fbe01b64c4e25b50afe7d27cdeee5804376f2697f4f82c0c583526ff1c8be84155aa7d836c45c9b33fa7a",
            digest: "234bcd0b2033d7b1a817404a72120d8772b2d0fe762065f920e0e2d329c92728"
        ),
    ]

    /// 228 bytes from 100 before the end of the part of chaCha20Key on: over the change of key.
    static let seededRekey =
        "84a128fd5dbf864b5c6f72350fa8757d4c34db4a7a4940116c63e9eedb993a8c5bcb66d15c2324dfd94594a446c87326595a76fc302198f77d9b0608515b1078d6955f29d59b0a7db3ab845989c544ba5c0a4a0c3b48043166c7b7fd15ece71caae4326830dfed6535658f6d7595c76cb32d8ceeeaddf3cd215711302037ed8512656fb21591ee2bcc1e5b6c911f5d30c030a6204965d0b0535b14470fce42ffb7dc75771144dce12304422cf639f5edc23edd6f953f02e212c095e06037897056a7ccc26f4a45b0e5d996699fad5dc8f2bdc511179207f2ce99b41791fcc3b610695a6f"

    /// RFC 9496 appendix A.1: 0 ... 15 times the generator.
    static let ristrettoMultiples: [String] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
        "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
        "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
        "f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403",
        "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d",
        "903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c",
        "02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031",
        "20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f",
        "bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42",
        "e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460",
        "aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f",
        "46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e",
        "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
    ]

    /// RFC 9496 appendix A.2: encodings that are none.
    static let ristrettoBadEncodings: [String] = [
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
        "c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78",
        "47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24",
        "f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72",
        "87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
        "de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b",
        "bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
        "2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08",
        "f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22",
        "8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731",
        "2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b",
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
        "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
        "d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e",
        "8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32",
        "32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b",
        "227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165",
        "5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e",
        "445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]

    /// Two scalars drawn from the seeded sources 100 ... 103, their elements and the shared element.
    static let ristrettoAgreement: [(a: String, b: String, pointA: String, pointB: String, shared: String)] = [
        (
            a: "f9054b60d31353d16d298005f618722a85139295b40127b6cb3a173c3e5da000",
            b: "814b5b84de6ebe67ad5cb0279fab2b86f8f9ee9ac1b3d2b213b5e0969971a80f",
            pointA: "0e8966a4f13c7cfbe54a8bb40539892e3ff7e83eb6e5e0aaa481f589779d5150",
            pointB: "68caf791f6516c651cf2bda1cbb8202aa40348c294851d3948fa1e3292a68d6a",
            shared: "c2399df4ecc8e44993e84bb79c17374f9446747c0cdf22987c298bb9229ebf05"
        ),
        (
            a: "a9807d92d7fb56b8ac4bd817fed2b68eea43c7a18702cad44f1a1d16c819f505",
            b: "a8638bb058716952c158bda42152c33531a6e23f79969dc738c9fe87c26fb209",
            pointA: "beca0491a2ffdb7402c7021f53f327ee52ff0e13ea2b53f825e4bb0577396828",
            pointB: "f655f03489f00fdf5096f8d536ea9aa8309f988870706b8e01ef3463f0105a3b",
            shared: "ae1d3cb3fe2a5399b2896e110884c73cb0e5f36aa669414c80956433ffdc0326"
        ),
        (
            a: "c48b922f5e420ff1919f0e3ed47f23a59c317143467486b9194e7e745089df00",
            b: "a64f2ea9b884abcd470327cb16c6e428c8bd5ed61f0bdd1547d8799399a71704",
            pointA: "b01fa177e6948c20cad97a80cb2690de33ab5b37b53b7f1ce382f43c52a9b66f",
            pointB: "7c1a18b8eda6c4da89ca17b137c57d336a7201a50d62fd37f41f8b4936eaf576",
            shared: "be4564917d814639138b361633eb0d80f207ba950f26d5ee72c9f4e33bbf7b15"
        ),
        (
            a: "263fc919bd296e236c8c7acd70bdddab9ea3a106eb04fdd002c21c6977ba9003",
            b: "246e5ae304da353c9763060bfa31669a00acfc2d2fc637bef8602aa9b5807904",
            pointA: "faeaa6bb6de46eade307412d12d151aa68dc875089213596e71e4bc215c7e80a",
            pointB: "ca7e5bad08694efdd227cd97e4b7e559134836c6448d4ecb277202cc5e17df11",
            shared: "2023c57c7fe84df2d6b462cf9a86f9e8576c9f500f200cd27a3e52ec24e0f94d"
        ),
    ]

    /// RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc).
    static let ed25519: [(seed: String, key: String, message: String, signature: String)] = [
        (
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
        (
            seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            key: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message:
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature:
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ]

    /// crypto_kx with the client's, then the server's seed drawn from the seeded sources 200 ... 202.
    static let keyExchange: [(client: String, server: String, clientKeys: String)] = [
        (
            client: "ddb8dddce84ee83d5048fffe28ca5b50db293c635c47fbcd0ec11f8431ef3c2c",
            server: "45021723ac15f4173f4f7f896f9fbf6a1789a1393f82ffa7c0b611220c23060a",
            clientKeys:
                "5c65ff91a1d0b4bd76e57e7fca615a0680120aa95d6b3817c6da25f4055e9acc79f78c19beb2540f9762ead9013e0c4da931a26073af3d5cb0ab3243600694e1"
        ),
        (
            client: "d37ce7e5b68fc0a20cf9b149d8cfabbe95319f6654ed7d1e0ac131dd70f2f833",
            server: "6574f0938e512f44c02de202bdfdd37aa41fd0845c2e4977009038abd9cae91d",
            clientKeys:
                "014c89b2e16f7f15e286da6b3df6f4a75732479903285b5ac46f0585f6fccaf2946de1b61d3f0b0ec7491b185e61f499549a58892d91f065b2716adfdd39e50f"
        ),
        (
            client: "6c38f740ac59ec4f8c5719780c9db3dccea6602864de8474e283b0bb7dc88e09",
            server: "73d238c2586efc8b0abc2cf3cbe45a979bb2c4b1a471d0048d4090b9ddcdbf6c",
            clientKeys:
                "ae0f95ed428fc7973832274ed8d136b9b138dbe58a0495a7fcc322c20410494e4c7ea17ff29a75697571b36915d93ad2b989b96ae3c67bde8bb0b616e374bb7c"
        ),
    ]

    /// Sharings of a secret, then its coefficients, drawn from one seeded source each; weights at zero of all holders.
    static let shamir:
        [(
            seed: UInt64, threshold: Int, holders: [UInt32], secret: String, shares: [String], commitments: [String],
            weights: [String]
        )] = [
            (
                seed: 300, threshold: 1, holders: [0],
                secret: "0dda41c1cda72e9d32338fb56dc640a33ac5e5027738bb1ef2afcc18ad337105",
                shares: ["0dda41c1cda72e9d32338fb56dc640a33ac5e5027738bb1ef2afcc18ad337105"],
                commitments: ["f4cd55683ff2b96e03d3b384ac361ebcc056ad75dc715f5816397fe38c9a836e"],
                weights: ["0100000000000000000000000000000000000000000000000000000000000000"]
            ),
            (
                seed: 301, threshold: 2, holders: [0, 1, 2],
                secret: "1e1dd5bda80634897c447d3eaab6e265e870330a37fb07ea55200143870e3000",
                shares: [
                    "ab84b133d274369933bfde84c682ea7e06af022758324cac727165cefc111b03",
                    "38ec8da9fbe238a9ea3940cbe24ef29724edd1437969906e8fc2c95972150606",
                    "c5536a1f25513bb9a1b4a111ff1afab0422ba1609aa0d430ac132ee5e718f108",
                ],
                commitments: [
                    "364cff14f1046b3d76e4270b867d09ae2f2f6f2bb59447c1707eaea2ee7b373d",
                    "027fd7469e4856693d7c1038c2da2cde1d3169a088d94ed0729d093cf197ee6e",
                ],
                weights: [
                    "0300000000000000000000000000000000000000000000000000000000000000",
                    "ead3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                    "0100000000000000000000000000000000000000000000000000000000000000",
                ]
            ),
            (
                seed: 302, threshold: 3, holders: [4, 0, 9, 2],
                secret: "fc1b4ebb9e59a01e08291980d973331b5d55a67c3910ff8ff4c7cec2a3a0d90d",
                shares: [
                    "a49b1094d124e2f0d4c1b07845818e57c18fb93f24f425390f48615446c0a500",
                    "57973956f1bc75b919d705314936ee647259614405531d3c5bebfe42a939110f",
                    "290e8c9c71d0af4d8a1a8f1835161a6f1629dba9e6ceb321e94d888f3a36390b",
                    "b54302ee12cfc2cedb9ef57d8434fd1d9b062bc96452ebc449f0c22e43a9500d",
                ],
                commitments: [
                    "608b259c5f06e68b49e66898ec4a2788a42cc2fda0837919fa30c84ac5858536",
                    "f0d7009100333c1b88dea28092826402cc2df01d9fe9c48edd875327142c6e63",
                    "e65991ce507f7af1c875f2a4f5f21537799cbe5daaef642ae266150c112a4c3e",
                ],
                weights: [
                    "fc743d97c698049635e7bda877be370500000000000000000000000000000004",
                    "46028c2ad8da10266ffa62150c65ccbdaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0e",
                    "e8f0c8087e86542a2324504065088af4799ee7799ee7799ee7799ee7799ee709",
                    "b13f59ef17ccbac9e4337e47d4c72f72dbb66ddbb66ddbb66ddbb66ddbb66d03",
                ]
            ),
            (
                seed: 303, threshold: 5, holders: [0, 1, 2, 3, 4, 5, 6],
                secret: "3fcfa5e7afed908ce031ea1ee09fcbe248b6004a841c12e4153a43a49b26f109",
                shares: [
                    "2920287460a373262210d222b45fea341995ad4a543af70cf4050bd033f4620b",
                    "b91582333735f1b54e4eaa5b84557badb93ebb7465153660e8c412a0b21dbc0b",
                    "d284df8cbed3a3e55d71b01f29b7273079981bc5d5c43eb3a94010224d05020e",
                    "99c03c8fa2b5e2739e62aa48b27b81440d5f612ccf72086a6302e1e27bad7002",
                    "29ea3d651aa40b930fe3c4bfe1427f699226c08e875c1177b5528aeefab87a06",
                    "05f96b274aa814d95adec5abf37942988b5a0cc440d25e5bb43939d0c96ac904",
                    "b9de01adc6fae7f7037be29ff73c72ace23dbb9748377d26e97e42922ba63c05",
                ],
                commitments: [
                    "3a881fc080e0cb039754caf7532be345828d153e9d52f7b50d17de784dafa70f",
                    "0434b900a3dbbc7fde8ee5db721ffce1c3042fe0d0ce6b76f70e9c617057a762",
                    "c27e46c1dc6414e3b8ec847163c8338a1942220d165265c91977934c3bc89a5f",
                    "4067269318fa16d475d2293a51b361881320fc494be7293d16d4ef955eb56e5c",
                    "7257a9cb646512cdea08dcff3c8f6a8dea4523d5f6e2dc038593bd04f3d8d87a",
                ],
                weights: [
                    "0700000000000000000000000000000000000000000000000000000000000000",
                    "d8d3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                    "2300000000000000000000000000000000000000000000000000000000000000",
                    "cad3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                    "1500000000000000000000000000000000000000000000000000000000000000",
                    "e6d3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                    "0100000000000000000000000000000000000000000000000000000000000000",
                ]
            ),
            (
                seed: 304, threshold: 7, holders: [1000, 4294967295, 3, 0, 77, 65535, 12, 4000000000],
                secret: "4a0d79bdaa33dc93cbfb11e440a17e430cf5aebad1ad57baf5f0cd5f83ddcd07",
                shares: [
                    "e77ff752d2417f832ce214d490126cd82a63710dfe1c072d4d6b571710f70d0b",
                    "f4c8aea96a50c5d7e662d999dca0b54f29e6f865893d3980512db42b8e335807",
                    "70e58af94d2494cc4628fa48aba118d59e25ca194a89d11880c69cd9d7efae08",
                    "75bd4067c49b76960357763d71cfc5a906bb46aa93e059a0bec60298061a7901",
                    "e2f8b5f7ff2c94a881e5fd988e94ad291248ce0eb5fe1c46f9f46069172da601",
                    "9345231725c17eb9e37c42f5093a7c53ff92b6dae639ec2c4fba85c976cf7607",
                    "d696557c39b046a5d8bd366bc819cebf2503c7251cfc9221bc855e61ad348304",
                    "88aaa8716feefcbc353919df413362f208ee62df917c7aa9b901a95c1b237a03",
                ],
                commitments: [
                    "92b2c4bf2b08c7e8394173c015114cb05b59ec5c2ec2ebf31607f2dfe0f4be6b",
                    "c452b7ef3687b016d820f3d5532b4f8cb7bf105c69688116e77bf394173e8067",
                    "d236bbb35f7cf98aaffc0517cc82bfeaa39407570acfd1edfbfc0cb7606bc371",
                    "64a7aeb733bc24ba75aa8c2dac1d81ddc59ec5105ad06e6e270d5f40acab8b5d",
                    "90dc9a2ab276b334bcb90788ba8758f34e3d0267556a51776a41aab3ec9a651e",
                    "d08d12032b901816ff1ece533cbccdf0cbf0429fd3335ac5cfd8d60d37695c46",
                    "44de07f5a91169de352f473e1abf0046468f71f88d77b3ca0d2679b9d3147557",
                ],
                weights: [
                    "582992cd4a029118693eb242f71650656531dd616083a01741151dc73db14400",
                    "b4e689f5cf40b8f53cf1fe4d1d49389a859b0b6107d4256306997cf76e184005",
                    "93794eb0966c7cc82df75c63da1f595571f27e4b034d277d765d4b00c90dc606",
                    "5f08c77f3c1f50fc55bf4681df9bd37b2546f27ad2684953387a703da3d91202",
                    "e756b615a1444ff5137910c49d614248805084c1012e9c8df1968319ded93103",
                    "03805cc022632ab010f590feb5c21c2b290343422a7bcb06057a3fc5bb181204",
                    "db6321094a908fbda397109892eb3d776f5cf3355c443555933db34586533408",
                    "18db85e738bf057aba4de87508c86b6e654aeb3c3a052ccb7f2b34dfc6082a02",
                ]
            ),
        ]

    /// Numbers of 32 bytes, and whether they are below the group order.
    static let scalars: [(bytes: String, isCanonical: Bool)] = [
        (bytes: "0000000000000000000000000000000000000000000000000000000000000000", isCanonical: true),
        (bytes: "0100000000000000000000000000000000000000000000000000000000000000", isCanonical: true),
        (bytes: "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", isCanonical: true),
        (bytes: "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", isCanonical: false),
        (bytes: "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", isCanonical: false),
        (bytes: "0000000000000000000000000000000000000000000000000000000000000010", isCanonical: true),
        (bytes: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", isCanonical: false),
        (bytes: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", isCanonical: false),
        (bytes: "0000000000000000010000000000000000000000000000000000000000000010", isCanonical: true),
        (bytes: "edd3f55c1a631258d59cf7a2def9de1400000000000000000000000000000010", isCanonical: true),
        (bytes: "edd3f55c1a631258d79cf7a2def9de1400000000000000000000000000000010", isCanonical: false),
        (bytes: "edd3f55c1a631258d69cf7a2def9de14ffffffffffffffffffffffffffffff0f", isCanonical: true),
        (bytes: "0000000000000000d69cf7a2def9de1400000000000000000000000000000010", isCanonical: true),
    ]
}
