import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * ONNX Runtime behind the JDK's HTTP server, as Quern is, without batches: a picture in, its likeliest class out. Each
 * request computes on one thread, as many at once as there are cores, which is what it does best with many requests.
 */
final class OnnxServer {
  private static final int THREADS = 64;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Preprocessing preprocessing;
  private final Shape input;
  private final String name;
  private final Semaphore cores = new Semaphore(Runtime.getRuntime().availableProcessors());

  private OnnxServer(ModelData data, Path onnx) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = environment.createSession(onnx.toString(), options);
    name = session.getInputNames().iterator().next();
    preprocessing = data.preprocessing().values().iterator().next();
    input = data.network().input();
  }

  public static void main(String[] args) throws Exception {
    OnnxServer own = new OnnxServer(ModelData.load(Path.of(args[0])), Path.of(args[1]));
    System.setProperty("sun.net.httpserver.nodelay", "true"); // as Quern's has it
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/v1", own::answer);
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      float[] scores = scores(Image.read(exchange.getRequestBody().readAllBytes()));
      int best = 0;
      for (int i = 1; i < scores.length; i++) {
        best = scores[i] > scores[best] ? i : best;
      }
      byte[] text = ("{\"index\":" + best + ",\"score\":" + scores[best] + "}").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    } catch (OrtException e) {
      throw new IOException(e);
    }
  }

  private float[] scores(Image image) throws OrtException {
    float[] values;
    try (Arena arena = new Arena()) {
      values = preprocessing.batch(arena, input, List.of(image)).toArray();
    }
    cores.acquireUninterruptibly();
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), input.batch(1).toArray());
        OrtSession.Result result = session.run(Map.of(name, tensor))) {
      return ((float[][]) result.get(0).getValue())[0];
    } finally {
      cores.release();
    }
  }
}
