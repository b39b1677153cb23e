package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.browser.Browser;
import dev.quern.data.Image;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page on which people try models. */
@Timeout(120)
class PageInBrowserTest {
  private static final String ANSWERED =
      "return document.querySelector('#status').textContent.startsWith('predicted')";
  private static final String CELLS =
      "return [...document.querySelectorAll('#answer tbody tr')]"
          + ".map((r) => r.cells[0].textContent + ' ' + r.cells[1].textContent).join(', ')";

  @TempDir Path dir;
  private final ModelServer server = ModelServer.builder().build();

  @AfterEach
  void end() {
    server.close();
  }

  /** As the page shows what a model says. */
  private static String said(long model, byte[] picture) {
    try (Model m = ServedModels.model(model)) {
      Prediction.Labels labels = (Prediction.Labels) m.predict(Image.read(picture)).get("scores");
      return String.join(
          ", ",
          labels.top(3).stream()
              .map(p -> String.format(Locale.ROOT, "%s %.4f", p.label(), p.probability()))
              .toList());
    }
  }

  private static void drop(Browser browser, byte[] picture) {
    browser.run(
        "const bytes = Uint8Array.from(atob('"
            + Base64.getEncoder().encodeToString(picture)
            + "'), (c) => c.charCodeAt(0));"
            + "const data = new DataTransfer();"
            + "data.items.add(new File([bytes], 'dropped.png', {type: 'image/png'}));"
            + "document.querySelector('#drop').dispatchEvent("
            + "new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));");
  }

  @Test
  void aPictureIsChosenAndDropped() throws Exception {
    server.deploy("first", ServedModels.model(1));
    server.deploy("second", ServedModels.model(2));
    byte[] chosen = ServedModels.png(5);
    byte[] dropped = ServedModels.png(6);
    Path file = Files.write(dir.resolve("chosen.png"), chosen);
    try (Browser browser = Browser.open()) {
      browser.go(server.address());
      browser.await("return document.querySelectorAll('#model option').length == 2");
      assertThat((String) browser.run("return document.querySelector('#facts').textContent"))
          .isEqualTo("version 1, single_label");
      browser.choose("#file", file);
      browser.await(ANSWERED);
      assertThat(browser.run(CELLS)).isEqualTo(said(1, chosen));
      assertThat((Boolean) browser.run("return document.querySelector('#picture').complete"))
          .isTrue();
      browser.screenshot("serve-light");
      browser.run(
          "const m = document.querySelector('#model'); m.value = 'second';"
              + "m.dispatchEvent(new Event('change'))");
      browser.run("document.querySelector('#status').textContent = ''");
      drop(browser, dropped);
      browser.await(ANSWERED);
      assertThat(browser.run(CELLS)).isEqualTo(said(2, dropped));
      browser.dark(true);
      browser.screenshot("serve-dark");
      browser.hasNoErrors();
    }
  }

  @Test
  void whatIsNoPictureIsSaid() throws Exception {
    server.deploy("first", ServedModels.model(1));
    try (Browser browser = Browser.open()) {
      browser.go(server.address());
      browser.await("return document.querySelectorAll('#model option').length == 1");
      drop(browser, new byte[] {1, 2, 3});
      browser.await(
          "return document.querySelector('#status').textContent.includes('the format is not one of')");
      assertThat((Boolean) browser.run("return document.querySelector('#answer').hidden")).isTrue();
    }
  }

  @Test
  void aTokenIsAskedFor() throws Exception {
    try (ModelServer secret = ModelServer.builder().token("0123456789abcdef").build();
        Browser browser = Browser.open()) {
      secret.deploy("first", ServedModels.model(1));
      browser.go(secret.address());
      browser.await("return !document.querySelector('#login').hidden");
      String token =
          "const t = document.querySelector('#token'); t.value = '%s';"
              + "t.dispatchEvent(new Event('change'))";
      browser.run(token.formatted("fedcba9876543210"));
      browser.await("return document.querySelector('#status').textContent.includes('token')");
      browser.run(token.formatted("0123456789abcdef"));
      browser.await("return document.querySelectorAll('#model option').length == 1");
      assertThat((Boolean) browser.run("return document.querySelector('#login').hidden")).isTrue();
      drop(browser, ServedModels.png(6));
      browser.await(ANSWERED);
      assertThat(browser.run(CELLS)).isEqualTo(said(1, ServedModels.png(6)));
    }
  }
}
