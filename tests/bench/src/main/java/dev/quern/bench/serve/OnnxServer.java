package dev.quern.bench.serve;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.predict.ModelData;
import dev.quern.serve.http.Budget;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Limits;
import dev.quern.serve.http.Listener;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.RequestHandler;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime behind Quern's HTTP layer, without batches: a picture in, its most likely class out.
 * Each request computes on one thread, as many at once as there are cores, which is what it does
 * best with many requests.
 */
final class OnnxServer implements RequestHandler {
  private static final long MOST_BYTES = 1 << 24;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Preprocessing preprocessing;
  private final Shape input;
  private final String name;

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
    Budget budget = new Budget(Long.MAX_VALUE / 2);
    Limits limits =
        new Limits(MOST_BYTES, Duration.ofSeconds(30), Duration.ofSeconds(10), 1024, budget);
    int cores = Runtime.getRuntime().availableProcessors();
    InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Listener listener = new Listener("onnx", cores, at, null, limits, own);
    System.out.println("http://127.0.0.1:" + listener.address().getPort());
    Thread.sleep(Long.MAX_VALUE); // until it is killed
  }

  @Override
  public void begin(Request request) {
    if (!request.method().equals("POST")) {
      request.answer(
          404, Json.TYPE, Json.error("there are only pictures to ask for")); // no metrics
      return;
    }
    request.body(picture -> answer(request, scores(Image.read(picture))));
  }

  private static void answer(Request request, float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    int index = best;
    request.answer(
        200,
        Json.TYPE,
        Json.object(
            json -> {
              json.writeNumberField("index", index);
              json.writeNumberField("score", scores[index]);
            }));
  }

  @Override
  public void failed(Request request, Throwable thrown) {
    thrown.printStackTrace();
    request.answer(500, Json.TYPE, Json.error(thrown.toString()));
  }

  @Override
  public void ended(Request request) {}

  private float[] scores(Image image) throws IOException {
    float[] values;
    try (Arena arena = new Arena()) {
      values = preprocessing.batch(arena, input, List.of(image)).toArray();
    }
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(values), input.batch(1).toArray());
        OrtSession.Result result = session.run(Map.of(name, tensor))) {
      return ((float[][]) result.get(0).getValue())[0];
    } catch (OrtException e) {
      throw new IOException(e);
    }
  }
}
