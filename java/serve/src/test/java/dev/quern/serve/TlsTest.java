package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
  private static final String PASSWORD = "not a secret";

  @TempDir Path folder;

  /** Keys of a server on this machine, which sign themselves. */
  private SSLContext keys() throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, PASSWORD.toCharArray());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return tls;
  }

  @Test
  void picturesBehindTls() throws Exception {
    SSLContext tls = keys();
    try (ModelServer server =
        ModelServer.builder().tls(tls).clientTimeout(Duration.ofSeconds(2)).build()) {
      assertThat(server.address()).startsWith("https://");
      server.deploy("small", ServedModels.model(1));
      URI predict = URI.create(server.address() + "/v1/models/small:predict");
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .sslContext(tls)
              .build()
              .send(
                  HttpRequest.newBuilder(predict)
                      .POST(HttpRequest.BodyPublishers.ofByteArray(ServedModels.png(1)))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("predictions");
      try (Socket silent = RawClient.connect(server)) {
        silent.getOutputStream().write(new byte[] {22, 3, 1}); // half of a greeting
        assertThat(RawClient.read(silent).closed()).isTrue();
      }
      byte[] plain = Hostile.head("GET", "/v2", "X: y");
      assertThat(RawClient.send(server, plain).status()).isNotEqualTo(200);
    }
  }
}
