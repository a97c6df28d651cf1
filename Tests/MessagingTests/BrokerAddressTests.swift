import Testing

@testable import Messaging

@Suite struct BrokerAddressTests {
    @Test func addressesAreReadWithTheirDefaults() throws {
        let plain = try BrokerAddress(parsing: "mqtt://broker.local")
        #expect(plain == BrokerAddress(host: "broker.local", port: 1883))
        #expect(
            try BrokerAddress(parsing: "MQTTS://10.0.0.1/")
                == BrokerAddress(host: "10.0.0.1", port: 8883, usesTLS: true))
        #expect(try BrokerAddress(parsing: "mqtt://[::1]:9") == BrokerAddress(host: "::1", port: 9))
        let full = try BrokerAddress(parsing: "mqtts://us%40er:p:a/ss@w%23@h:1")
        #expect(full.username == "us@er")
        #expect(full.password == Secret("p:a/ss@w#"))
        #expect(full.host == "h" && full.port == 1 && full.usesTLS)
    }

    @Test(
        arguments: [
            "", "host", "http://h", "mqtt://", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:+1", "mqtt://h:x",
            "mqtt://h:1:2",
            "mqtt://h h", "mqtt://h/path", "mqtt://@h", "mqtt://u%zz@h", "mqtt://u:%00@h", "mqtt://[::1",
            "mqtt://[::1]x",
            "mqtt://[zz]", "mqtt://" + String(repeating: "a", count: 300),
            "mqtt://" + String(repeating: "a", count: 3000),
        ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: MessagingError.self) { try BrokerAddress(parsing: text) }
    }

    @Test func noTextOfAnAddressShowsThePassword() throws {
        let address = try BrokerAddress(parsing: "mqtt://user:hunter2@h:1")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\(address.password as Any)"] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
        let error = #expect(throws: MessagingError.self) { try BrokerAddress(parsing: "mqtt://user:hunter2@h:99999") }
        #expect(error?.description.contains("hunter2") == false)
    }
}
