import com.sun.net.httpserver.*;
import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.network.Networks;
import dev.quern.predict.*;
import java.io.IOException;
import java.net.*;
import java.net.http.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.*;

/** One model behind HTTP: all of the server's threads predict at once and share its weights. */
public class Server {
  public static void main(String[] args) throws Exception {
    Engine.setThreads(1); // a request computes on its own thread; many requests fill the cores
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Model model = Model.of(data())) { // or Model.load(path)
      HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
      server.setExecutor(threads);
      server.createContext("/classify", exchange -> answer(exchange, model));
      server.start();
      URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/classify");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      HttpClient client = HttpClient.newHttpClient();
      for (int i = 0; i < 100; i++) {
        byte[] pixels = new byte[i < 99 ? 28 * 28 : 5]; // the last is no image
        var body = HttpRequest.BodyPublishers.ofByteArray(pixels);
        HttpRequest request = HttpRequest.newBuilder(uri).POST(body).build();
        answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
      System.out.println(answers.stream().filter(a -> a.join().statusCode() == 200).count());
      System.out.println(answers.get(99).join().statusCode() + " " + answers.get(99).join().body());
      server.stop(1); // before the model closes
    } finally {
      threads.shutdown();
    }
  }

  private static void answer(HttpExchange exchange, Model model) throws IOException {
    int status = 200;
    String text;
    try {
      text = model.classify(exchange.getRequestBody().readAllBytes(), 1).toString();
    } catch (QuernException e) { // its message says operation, value and rule
      status = 400;
      text = e.getMessage();
    }
    exchange.sendResponseHeaders(status, text.length());
    exchange.getResponseBody().write(text.getBytes());
    exchange.close();
  }

  private static ModelData data() {
    ModelData first = ModelData.untrained(Networks.byName("lenet"), 1);
    List<String> classes = List.of("0123456789".split(""));
    return new ModelData(first.network(), first.weights(), first.normalization(), classes, Map.of());
  }
}
