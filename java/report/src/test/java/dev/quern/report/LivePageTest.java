package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.browser.Browser;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePageTest {
  @TempDir Path runs;
  private final Network network = Networks.byName("lenet", Shape.of(1, 28, 28), 10);
  private final Dataset data = Runs.data(320);
  private Trainer trainer;
  private LivePage page;

  @BeforeEach
  void serve() throws IOException {
    Path other = Files.createDirectory(runs.resolve("<b>other"));
    Files.writeString(
        other.resolve("history.csv"),
        "epoch,loss,accuracy,seconds,images_per_second,validation_loss,validation_accuracy\n"
            + "1,2.1,0.2,2.000,100.0,2.2,0.15\n2,1.9,0.3,2.000,100.0,2.0,0.25\n");
    trainer = Trainer.builder(network).batch(8).build();
    MultiDataset samples =
        MultiDataset.of(
            Map.of(network.inputs().keySet().iterator().next(), data),
            Map.of(network.outputs().get(0), data));
    page = new LivePage(trainer, 0, "</title><script>alert(1)</script>", samples, runs, null);
  }

  @AfterEach
  void end() {
    page.close();
    trainer.close();
  }

  private int port() {
    return URI.create(page.address()).getPort();
  }

  private String token() {
    return URI.create(page.address()).getFragment();
  }

  /** An answer to a request of these lines; a browser's or a library's own rules do not apply. */
  private String ask(String request, String... headers) throws IOException {
    try (Socket s = new Socket("127.0.0.1", port())) {
      String lines = request + " HTTP/1.1\r\n" + String.join("\r\n", headers);
      String more = "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      s.getOutputStream().write((lines + more).getBytes(StandardCharsets.UTF_8));
      return new String(s.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void itsOwnPageIsServed() throws Exception {
    String host = "Host: 127.0.0.1:" + port();
    assertThat(ask("GET /", host))
        .startsWith("HTTP/1.1 200")
        .contains("X-Frame-Options: DENY", "no-store", "&lt;script&gt;alert")
        .doesNotContain("<script>alert", token());
    assertThat(ask("GET /data", "Host: localhost:" + port()))
        .startsWith("HTTP/1.1 200")
        .contains("\"state\":\"waiting\"")
        .doesNotContain(token());
    assertThat(ask("GET /data", host, "Origin: http://127.0.0.1:" + port()))
        .startsWith("HTTP/1.1 200");
    assertThat(ask("GET /etc/passwd", host)).startsWith("HTTP/1.1 404");
    assertThat(ask("DELETE /data", host)).startsWith("HTTP/1.1 405");
    assertThat(ask("GET /stop", host, "X-Quern-Token: " + token())).startsWith("HTTP/1.1 405");
  }

  @Test
  void foreignHostsAndOriginsAreRefused() throws Exception {
    String own = "Host: 127.0.0.1:" + port();
    String token = "X-Quern-Token: " + token();
    for (String path : new String[] {"GET /", "GET /data", "POST /stop"}) {
      assertThat(ask(path, "Host: evil.example:" + port(), token)).startsWith("HTTP/1.1 403");
      assertThat(ask(path, "Host: localhost:80@evil.example", token)).startsWith("HTTP/1.1 400");
      assertThat(ask(path, token)).startsWith("HTTP/1.1 400");
      assertThat(ask(path, own, "Origin: http://evil.example", token)).startsWith("HTTP/1.1 403");
      assertThat(ask(path, own, "Origin: null", token)).startsWith("HTTP/1.1 403");
      assertThat(ask(path, own, "Origin: http://localhost:" + port(), token))
          .startsWith("HTTP/1.1 403");
    }
  }

  /** Clients that send a part of a request and wait hold up nobody. */
  @Test
  void slowClientsHoldNoThread() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket s = new Socket("127.0.0.1", port());
        slow.add(s);
        s.getOutputStream().write("POST /stop HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));
      }
      String answer = CompletableFuture.supplyAsync(() -> data()).get(20, TimeUnit.SECONDS);
      assertThat(answer).startsWith("HTTP/1.1 200");
    } finally {
      for (Socket s : slow) {
        s.close();
      }
    }
  }

  private String data() {
    try {
      return ask("GET /data", "Host: LOCALHOST.:" + port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theButtonWantsTheToken() throws Exception {
    String host = "Host: 127.0.0.1:" + port();
    assertThat(ask("POST /stop", host)).startsWith("HTTP/1.1 403");
    assertThat(ask("POST /stop", host, "X-Quern-Token: " + "0".repeat(32)))
        .startsWith("HTTP/1.1 403");
    assertThat(trainer.fit(data.slice(0, 16), 1, page).stopReason())
        .isEqualTo(History.StopReason.FINISHED);
    assertThat(ask("POST /stop", host, "X-Quern-Token: " + token())).startsWith("HTTP/1.1 200");
    assertThat(trainer.fit(data.slice(0, 16), 1, page).stopReason())
        .isEqualTo(History.StopReason.STOPPED);
  }

  @Test
  void portsThatCannotBeServedAreRefused() {
    assertThatThrownBy(() -> new LivePage(trainer, port(), "t", null, null, null))
        .isInstanceOf(FileAccessException.class)
        .hasMessageContaining("port " + port());
    assertThatThrownBy(() -> new LivePage(trainer, 65536, "t", null, null, null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new LivePage(null, 0, "t", null, null, null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new LivePage(trainer, 0, null, null, null, null))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aBrowserWatchesAndStops() throws Exception {
    try (Browser browser = Browser.open()) {
      browser.go(page.address());
      TrainingListener slow =
          new TrainingListener() {
            @Override
            public void onStep(Step step) {
              try {
                Thread.sleep(20);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          };
      Future<History> fit =
          CompletableFuture.supplyAsync(
              () -> trainer.fit(data, 1000, TrainingListener.all(page, slow)));
      browser.await("return document.querySelectorAll('#charts canvas').length >= 4");
      browser.await("return document.querySelectorAll('#answers img').length == 16");
      browser.await("return document.querySelectorAll('#norms tr').length >= 8");
      browser.await("return document.querySelectorAll('#activity tr').length >= 4");
      browser.await("return document.querySelector('#bar').style.width != '0%'");
      assertThat(browser.drawnCanvases()).isGreaterThanOrEqualTo(4);
      assertThat((String) browser.run("return document.querySelector('#cards').textContent"))
          .contains("epoch", "loss", "images/s", "time left", "learning rate");
      assertThat((String) browser.run("return document.querySelector('.u-legend').textContent"))
          .contains("this run train", "<b>other train");
      browser.screenshot("live-light");
      browser.dark(true);
      browser.await("return document.querySelectorAll('#charts canvas').length >= 4");
      browser.screenshot("live-dark");
      browser.run("document.querySelector('#stop').click()");
      assertThat(fit.get(60, TimeUnit.SECONDS).stopReason()).isEqualTo(History.StopReason.STOPPED);
      browser.await("return document.querySelector('#state').textContent.includes('stopped')");
      browser.hasNoErrors();
    }
  }

  /** What the page's own address does not have, its button has not either. */
  @Test
  void withoutTheTokenTheButtonIsOff() throws Exception {
    try (Browser browser = Browser.open()) {
      browser.go("http://127.0.0.1:" + port() + "/");
      browser.await("return document.querySelector('#note').textContent.includes('address')");
      assertThat(browser.run("return document.querySelector('#stop').disabled")).isEqualTo(true);
      browser.hasNoErrors();
    }
  }
}
