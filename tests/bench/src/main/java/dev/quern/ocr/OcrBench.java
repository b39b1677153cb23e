package dev.quern.ocr;

import ai.onnxruntime.OrtException;
import dev.quern.data.Image;
import dev.quern.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws 200 lines of text on 25 pages, and reads them with {@link OcrPipeline} and with the same
 * steps around ONNX Runtime, two threads each: lines that are read exactly, and pages per second.
 * {@code ocr_reference.py} reads the same pages by PaddleOCR's steps in Python.
 *
 * <p>{@code OcrBench DETECTOR RECOGNIZER DICTIONARY FOLDER [SEED]}
 */
final class OcrBench {
  private static final int THREADS = 2;
  private static final int PAGES = 25;
  private static final int ROUNDS = 3;

  private interface Reader {
    List<String> read(Image page) throws OrtException;
  }

  private OcrBench() {}

  public static void main(String[] args) throws IOException, OrtException {
    Engine.setThreads(THREADS);
    Path detector = Path.of(args[0]);
    Path recognizer = Path.of(args[1]);
    Path dictionary = Path.of(args[2]);
    List<DrawnPage> pages =
        DrawnPage.draw(Path.of(args[3]), PAGES, args.length > 4 ? Long.parseLong(args[4]) : 1);
    List<Image> images = pages.stream().map(p -> Image.read(p.image())).toList();
    try (OcrPipeline pipeline = OcrPipeline.load(detector, recognizer, dictionary);
        RuntimeOcr runtime = new RuntimeOcr(detector, recognizer, dictionary, THREADS)) {
      Reader ours = page -> pipeline.read(page).stream().map(TextLine::text).toList();
      System.out.println("Quern: " + exact(ours, pages, images));
      System.out.println("ONNX Runtime: " + exact(runtime::read, pages, images));
      List<Double> quern = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        quern.add(seconds(ours, images));
        theirs.add(seconds(runtime::read, images));
      }
      System.out.printf(
          Locale.ROOT,
          "pages/s: Quern %.2f, ONNX Runtime %.2f, ratio %.2f%n",
          PAGES / middle(quern),
          PAGES / middle(theirs),
          middle(theirs) / middle(quern));
    }
  }

  private static String exact(Reader reader, List<DrawnPage> pages, List<Image> images)
      throws OrtException {
    int lines = 0;
    int exact = 0;
    int withoutSpaces = 0;
    for (int i = 0; i < images.size(); i++) {
      List<String> read = reader.read(images.get(i));
      List<String> joined = read.stream().map(OcrBench::joined).toList();
      for (String line : pages.get(i).lines()) {
        lines++;
        exact += read.contains(line) ? 1 : 0;
        withoutSpaces += joined.contains(joined(line)) ? 1 : 0;
      }
    }
    return exact + " of " + lines + " lines exact, " + withoutSpaces + " without regard to spaces";
  }

  private static String joined(String line) {
    return line.replace(" ", "");
  }

  private static double seconds(Reader reader, List<Image> images) throws OrtException {
    long start = System.nanoTime();
    for (Image image : images) {
      reader.read(image);
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double middle(List<Double> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
  }
}
