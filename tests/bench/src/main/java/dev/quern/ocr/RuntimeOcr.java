package dev.quern.ocr;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.quern.data.Image;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The steps of {@link OcrPipeline} with its defaults, with ONNX Runtime for the networks. */
final class RuntimeOcr implements AutoCloseable {
  private static final int MOST_SIDE = 960;
  private static final int MULTIPLE = 32;
  private static final int LINE_HEIGHT = 48;
  private static final int SHORTEST = 64;
  private static final double SMALLEST = 3;

  private final OrtEnvironment env = OrtEnvironment.getEnvironment();
  private final OrtSession detector;
  private final OrtSession recognizer;
  private final CtcDecoder characters;
  private final DbDecoder boxes = new DbDecoder(0.3, 0.6, 1.5);

  RuntimeOcr(Path detector, Path recognizer, Path dictionary, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      this.detector = env.createSession(detector.toString(), options);
      this.recognizer = env.createSession(recognizer.toString(), options);
    }
    characters = CtcDecoder.read(dictionary).withSpace();
  }

  List<String> read(Image page) throws OrtException {
    Raster image = Raster.of(page);
    List<String> texts = new ArrayList<>();
    for (Quadrilateral q : ReadingOrder.of(detect(image))) {
      CtcText text = recognize(image.part(q));
      if (text.score() >= 0.5) {
        texts.add(text.text());
      }
    }
    return texts;
  }

  private List<Quadrilateral> detect(Raster image) throws OrtException {
    double scale = Math.min(1, (double) MOST_SIDE / Math.max(image.height(), image.width()));
    int height = side(image.height() * scale);
    int width = side(image.width() * scale);
    float[] input = new float[NetworkInput.CHANNELS * height * width];
    NetworkInput.IMAGENET.write(image, width, input, 0, height, width);
    float[] map = run(detector, input, height, width);
    List<Quadrilateral> lines = new ArrayList<>();
    for (RotatedBox box : boxes.decode(map, height, width)) {
      Quadrilateral q =
          box.corners((double) image.width() / width, (double) image.height() / height);
      Quadrilateral inside = q.clipped(image.width(), image.height());
      if (inside.width() > SMALLEST && inside.height() > SMALLEST) {
        lines.add(q);
      }
    }
    return lines;
  }

  private static int side(double pixels) {
    return Math.max(MULTIPLE, (int) Math.rint((int) pixels / (double) MULTIPLE) * MULTIPLE);
  }

  private CtcText recognize(Raster line) throws OrtException {
    int own = line.widthAt(LINE_HEIGHT);
    int width = (Math.max(SHORTEST, own) + MULTIPLE / 2) / MULTIPLE * MULTIPLE;
    float[] input = new float[NetworkInput.CHANNELS * LINE_HEIGHT * width];
    int columns = own < SHORTEST ? own : width;
    NetworkInput.SIGNED.write(line, columns, input, 0, LINE_HEIGHT, width);
    float[] scores = run(recognizer, input, LINE_HEIGHT, width);
    return characters.decode(scores, scores.length / characters.classes());
  }

  private float[] run(OrtSession session, float[] input, int height, int width)
      throws OrtException {
    long[] shape = {1, NetworkInput.CHANNELS, height, width};
    String name = session.getInputNames().iterator().next();
    try (OnnxTensor x = OnnxTensor.createTensor(env, FloatBuffer.wrap(input), shape);
        OrtSession.Result result = session.run(Map.of(name, x))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] all = new float[values.remaining()];
      values.get(all);
      return all;
    }
  }

  @Override
  public void close() throws OrtException {
    detector.close();
    recognizer.close();
  }
}
