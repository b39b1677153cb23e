package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tests.Markdown.Heading;
import dev.quern.tests.Markdown.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A reader who knows PyTorch or Keras finds a section by the field's term: terms stand in headings
 * and in the index of the manual, and tasks are two links away from README.md.
 */
class TermsTest {
  private static final List<String> TERMS =
      List.of(
          "accuracy",
          "AdamW",
          "batch normalization",
          "batch size",
          "bounding boxes",
          "broadcasting",
          "checkpoints",
          "class imbalance",
          "class weights",
          "COCO",
          "command line",
          "confusion matrix",
          "cross-entropy",
          "custom data sets",
          "custom layers",
          "custom losses",
          "CutMix",
          "data augmentation",
          "data loading",
          "distributed training",
          "dropout",
          "early stopping",
          "embeddings",
          "environment variables",
          "export to ONNX",
          "feature extraction",
          "fine-tuning",
          "focal loss",
          "freezing layers",
          "GPU",
          "Grad-CAM",
          "Gradle",
          "gradient accumulation",
          "gradient clipping",
          "half precision",
          "hyperparameter search",
          "image classification",
          "image folders",
          "images",
          "int8",
          "interpretability",
          "label smoothing",
          "layers",
          "learning-rate finder",
          "learning-rate schedules",
          "loss functions",
          "mean average precision",
          "memory",
          "metrics",
          "mixed precision",
          "mixup",
          "multi-label classification",
          "non-maximum suppression",
          "NumPy",
          "object detection",
          "ONNX operators",
          "optimizers",
          "preprocessing",
          "profiling",
          "Prometheus",
          "PyTorch weights",
          "quantization",
          "quantization-aware training",
          "regression",
          "reproducibility",
          "REST API",
          "safetensors",
          "sample weights",
          "semantic segmentation",
          "serving over HTTP",
          "several inputs and outputs",
          "skip connections",
          "TensorBoard",
          "test-time augmentation",
          "thread safety",
          "transfer learning",
          "validation",
          "warm-up",
          "weight decay",
          "weight initialization",
          "YOLO");

  @Test
  void termsAreHeadingsOrEntriesOfTheIndex() throws IOException {
    assertThat(TERMS).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
    assertThat(missing(entries())).isEmpty();
  }

  @Test
  void aRemovedHeadingIsMissed() throws IOException {
    List<String> without = entries();
    assertThat(without.removeIf(entry -> has(entry, "custom losses"))).isTrue();
    assertThat(missing(without)).containsExactly("custom losses");
  }

  private static List<String> missing(List<String> entries) {
    return TERMS.stream()
        .filter(term -> entries.stream().noneMatch(entry -> has(entry, term)))
        .toList();
  }

  /** Headings of all pages of the manual, and the texts of its index' links. */
  private static List<String> entries() throws IOException {
    List<String> all = new ArrayList<>();
    for (String page : Docs.manual()) {
      Markdown.of(Docs.ROOT.resolve(page)).headings.stream().map(Heading::text).forEach(all::add);
    }
    Markdown.of(Docs.ROOT.resolve("java/manual/README.md")).links.stream()
        .map(Link::text)
        .forEach(all::add);
    return all;
  }

  private static boolean has(String entry, String term) {
    return Pattern.compile("\\b" + Pattern.quote(term) + "\\b", Pattern.CASE_INSENSITIVE)
        .matcher(entry)
        .find();
  }

  /** The section that is two links away names the class or command for the task. */
  @ParameterizedTest
  @CsvSource({
    "train on my own images, ImageFolder",
    "weight classes differently, new CrossEntropy(",
    "stop when validation loss stops falling, EarlyStopping",
    "use my own loss, CustomLoss",
    "write my own layer, CustomLayer",
    "clip gradients, clipNorm",
    "save and resume training, Checkpoints",
    "freeze layers, freeze(",
    "fine-tune a pretrained model, forClasses",
    "run on several images at once, classify(images",
    "explain a prediction, gradCam",
    "detect objects, model.detect(",
    "export to ONNX, Onnx.save(",
    "make a model smaller and faster, Quantization.of(",
    "serve a model over HTTP, quern serve",
    "train on several machines, QuernClassifier"
  })
  void aTaskIsTwoLinksAway(String task, String name) throws IOException {
    assertThat(sections(task)).as(task).isNotEmpty().allMatch(text -> text.contains(name));
  }

  @Test
  void anUnknownTaskIsNotFound() throws IOException {
    assertThat(sections("train a transformer on text")).isEmpty();
  }

  /** The sections that entries with these words lead to, one or two links away from README.md. */
  private static List<String> sections(String task) throws IOException {
    Markdown start = Markdown.of(Docs.ROOT.resolve("README.md"));
    List<String> sections = new ArrayList<>();
    List<Path> pages = new ArrayList<>(List.of(start.file));
    for (Link link : start.links) {
      Path target = start.target(link);
      if (link.isRelative() && target.toString().endsWith(".md") && !pages.contains(target)) {
        pages.add(target);
      }
    }
    for (Path page : pages) {
      Markdown entries = Markdown.of(page);
      for (Link link : entries.links) {
        if (link.text().toLowerCase(Locale.ROOT).contains(task.toLowerCase(Locale.ROOT))) {
          assertThat(Files.exists(entries.target(link))).as(link.target()).isTrue();
          sections.add(Markdown.of(entries.target(link)).section(link.anchor()));
        }
      }
    }
    return sections;
  }
}
