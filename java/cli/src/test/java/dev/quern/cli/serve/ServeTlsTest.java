package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ServeTlsTest {
  private static final String SECRET = "changeit";

  @TempDir static Path dir;
  private static Path model;
  private static Path password;

  @BeforeAll
  static void files() throws Exception {
    model = Serving.model(dir.resolve("m.safetensors"), 1);
    password = Files.writeString(dir.resolve("password"), SECRET + "\n");
  }

  private static Path keystore(String type) throws Exception {
    Path file = dir.resolve(type);
    if (!Files.exists(file)) {
      keytool(
          "-genkeypair",
          "-alias",
          "own",
          "-keyalg",
          "EC",
          "-dname",
          "CN=localhost",
          "-ext",
          "san=ip:127.0.0.1",
          "-validity",
          "2",
          "-storetype",
          type,
          "-storepass",
          SECRET,
          "-keypass",
          SECRET,
          "-keystore",
          file.toString());
    }
    return file;
  }

  private static void keytool(String... args) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of(args));
    Process p = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes());
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).as(said).isZero();
  }

  /** A client that trusts this server alone. */
  private static HttpClient client(Path keystore) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try (InputStream in = Files.newInputStream(keystore)) {
      store.load(in, SECRET.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("own"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "JKS"})
  void clientsThatTrustItsKeyAreAnswered(String type) throws Exception {
    Path keys = keystore(type);
    try (Serving s =
        Serving.of(
            client(keys),
            "--model",
            model,
            "--tls-keystore",
            keys,
            "--tls-password-file",
            password)) {
      assertThat(s.address()).startsWith("https://127.0.0.1:");
      assertThat(s.get("/v2/models/m").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void keysThatCannotServeAreOneLine() throws Exception {
    Path keys = keystore("PKCS12");
    Object[] line = {
      "serve",
      "--port",
      0,
      "--model",
      model,
      "--tls-keystore",
      keys,
      "--tls-password-file",
      password
    };
    Path wrong = Files.writeString(dir.resolve("wrong"), "wrong word");
    line[8] = wrong;
    Cli.Result refused = Cli.run(line).fails("the password in " + wrong + " does not open");
    assertThat(refused.err()).doesNotContain("wrong word");
    line[8] = dir.resolve("none");
    Cli.run(line).fails("none does not exist");
    line[8] = password;
    line[6] = password;
    Cli.run(line).fails(password + " is not a keystore");
    line[6] = dir.resolve("none");
    Cli.run(line).fails("none does not exist");
    Path certificates = dir.resolve("certificates");
    KeyStore empty = KeyStore.getInstance("PKCS12");
    empty.load(null, null);
    try (var out = Files.newOutputStream(certificates)) {
      empty.store(out, SECRET.toCharArray());
    }
    line[6] = certificates;
    Cli.run(line).fails(certificates + " has no private key");
    Cli.run("serve", "--model", model, "--tls-keystore", keys).isRefused("must both be set");
    Cli.run("serve", "--model", model, "--tls-password-file", password)
        .isRefused("must both be set");
  }
}
