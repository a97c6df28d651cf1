import Foundation
import Integrity
import TestKit
import Testing

@testable import ModelRegistry

@Suite struct RegistryAddressTests {
    @Test func addressesAreReadAsPeopleWriteThem() throws {
        let plain = try RegistryAddress("registry.example/plants/line-3:roof-4")
        #expect((plain.scheme, plain.host) == ("https", "registry.example"))
        #expect((plain.repository, plain.tag) == ("plants/line-3", "roof-4"))
        let digest = SHA256Digest(ofUTF8: "x")
        let pinned = try RegistryAddress("registry.example:5000/a@\(digest)")
        #expect((pinned.host, pinned.digest, pinned.tag) == ("registry.example:5000", digest, nil))
        #expect(try RegistryAddress("localhost:5000/a").scheme == "http")
        #expect(try RegistryAddress("127.0.0.1/a").scheme == "http")
        #expect(try RegistryAddress("https://localhost:5000/a").scheme == "https")
        #expect(try RegistryAddress("127.evil.example/a").scheme == "https")
        #expect(try RegistryAddress("http://registry.example/a").scheme == "http")
    }

    @Test(arguments: [
        "", "registry.example", "registry.example/", "user:pw@registry.example/a", "registry.example/A",
        "registry.example/a:", "registry.example/a:b c", "registry.example/a@sha256:12", "registry.example/../a",
        "registry.example/a?x=1:y",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: RegistryError.self) { try RegistryAddress(text) }
    }

    @Test func challengesAreRead() {
        #expect(AuthChallenge("Basic realm=\"x\"") == .basic)
        #expect(
            AuthChallenge(#"Bearer realm="https://a.example/token",service="b, c",scope="repository:x:pull""#)
                == .bearer(realm: "https://a.example/token", service: "b, c", scope: "repository:x:pull"))
        #expect(AuthChallenge("Negotiate") == nil)
        #expect(AuthChallenge("Bearer ") == nil)
        #expect(AuthChallenge("Bearer realm=\"") == .bearer(realm: "", service: nil, scope: nil))
    }

    @Test func credentialsAreFoundWherePeopleKeepThem() throws {
        let folder = try TestFolder()
        let text = Data("joe:a:b".utf8).base64EncodedString()
        try folder.write(#"{"auths":{"registry.example":{"auth":"\#(text)"}}}"#, to: "config.json")
        let environment = ["DOCKER_CONFIG": folder.path("")]
        let found = try RegistryCredentials.find(host: "registry.example", environment: environment)
        #expect((found?.user, found?.password) == ("joe", "a:b"))
        #expect(try RegistryCredentials.find(host: "elsewhere.example", environment: environment) == nil)
        let set = ["SHRIKE_REGISTRY_USER": "ann", "SHRIKE_REGISTRY_PASSWORD": "c"]
        #expect(try RegistryCredentials.find(host: "x", environment: set)?.user == "ann")
        try folder.write("from-file\nnot this\n", to: "password")
        let file = try RegistryCredentials.find(
            host: "x", user: "eve", passwordFile: folder.path("password"), environment: set)
        #expect((file?.user, file?.password) == ("eve", "from-file"))
        #expect(throws: RegistryError.self) {
            try RegistryCredentials.find(host: "x", user: "eve", passwordFile: folder.path("none"), environment: [:])
        }
        #expect(throws: RegistryError.self) {
            try RegistryCredentials.find(host: "x", user: "eve", environment: [:])
        }
    }
}
