import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Part of a page as a PNG file of up to 256 colors: {@code java Shot.java CHROMIUM PROFILE ADDRESS WIDTH OUT SCRIPT}.
 * The script runs in the page, may wait with {@code await until(() => ...)}, and returns the part,
 * as {@code part("selector", ...)} does.
 */
public class Shot implements WebSocket.Listener {
  private static final String HELPERS = """
      (async () => {
        const until = async (isTrue) => {
          for (let i = 0; i < 9000 && !isTrue(); i++) await new Promise((go) => setTimeout(go, 100));
          if (!isTrue()) throw new Error("waited in vain for " + isTrue);
        };
        const part = (...selectors) => {
          const all = selectors.flatMap((s) => [...document.querySelectorAll(s)]).map((e) => e.getBoundingClientRect());
          const x = Math.max(0, Math.min(...all.map((r) => r.left)) + scrollX - 12);
          const y = Math.max(0, Math.min(...all.map((r) => r.top)) + scrollY - 12);
          const width = Math.max(...all.map((r) => r.right)) + scrollX + 12 - x;
          return { x, y, width, height: Math.max(...all.map((r) => r.bottom)) + scrollY + 12 - y, scale: 1 };
        };
        await until(() => document.readyState === "complete");
        %s
      })()""";

  private final ObjectMapper json = new ObjectMapper();
  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private WebSocket socket;
  private int calls;

  public static void main(String[] args) throws Exception {
    List<String> command = List.of(args[0], "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--no-proxy-server", "--remote-debugging-port=0", "--user-data-dir=" + args[1], "about:blank");
    Process chromium = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try (Scanner lines = new Scanner(chromium.getErrorStream())) {
      String debugger = lines.findWithinHorizon("ws://[^/]+", 0);
      HttpRequest pages = HttpRequest.newBuilder(URI.create(debugger.replace("ws:", "http:") + "/json/list")).build();
      HttpClient client = HttpClient.newHttpClient();
      String list = client.send(pages, HttpResponse.BodyHandlers.ofString()).body();
      Shot shot = new Shot();
      shot.socket = client.newWebSocketBuilder()
          .buildAsync(URI.create(shot.json.readTree(list).findValue("webSocketDebuggerUrl").asText()), shot).get();
      shot.take(args[2], Integer.parseInt(args[3]), Path.of(args[4]), args[5]);
    } finally {
      chromium.destroy();
      chromium.waitFor();
    }
  }

  private void take(String address, int width, Path out, String script) throws Exception {
    call("Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 1400, "deviceScaleFactor", 1, "mobile", false));
    call("Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "light"))));
    call("Page.navigate", Map.of("url", address));
    Map<String, Object> run =
        Map.of("expression", HELPERS.formatted(script), "awaitPromise", true, "returnByValue", true);
    JsonNode part = call("Runtime.evaluate", run);
    if (part.has("exceptionDetails")) {
      throw new IllegalStateException(part.toString());
    }
    JsonNode png = call("Page.captureScreenshot",
        Map.of("clip", part.at("/result/value"), "captureBeyondViewport", true));
    write(ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png.get("data").asText()))), out);
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = ++calls;
    socket.sendText(json.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true).get();
    while (true) {
      JsonNode message = messages.poll(16, TimeUnit.MINUTES);
      if (message == null || message.has("error")) {
        throw new IllegalStateException(method + ": " + message);
      }
      if (message.path("id").asInt() == id) {
        return message.get("result");
      }
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      try {
        messages.add(json.readTree(text.toString()));
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      text.setLength(0);
    }
    return WebSocket.Listener.super.onText(from, data, last);
  }

  /** The writer of GIF files chooses the palette. */
  private static void write(BufferedImage image, Path out) throws Exception {
    BufferedImage opaque = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = opaque.createGraphics();
    pen.drawImage(image, 0, 0, null);
    pen.dispose();
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ImageIO.write(opaque, "gif", gif);
    ImageWriter png = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam smallest = png.getDefaultWriteParam();
    smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    smallest.setCompressionQuality(0);
    try (ImageOutputStream to = ImageIO.createImageOutputStream(out.toFile())) {
      png.setOutput(to);
      png.write(null, new IIOImage(ImageIO.read(new ByteArrayInputStream(gif.toByteArray())), null, null), smallest);
    }
    System.out.println(out.getFileName() + " " + image.getWidth() + " x " + image.getHeight() + ", "
        + Files.size(out) / 1024 + " kB");
  }
}
