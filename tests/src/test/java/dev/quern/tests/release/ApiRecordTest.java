package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.bindings.Quern;
import dev.quern.embed.ImageEmbedder;
import dev.quern.image.Images;
import dev.quern.io.dataset.Datasets;
import dev.quern.micrometer.BatchingModelMetrics;
import dev.quern.network.Network;
import dev.quern.ocr.OcrPipeline;
import dev.quern.onnx.Onnx;
import dev.quern.reference.NdArray;
import dev.quern.report.RunReport;
import dev.quern.serve.ModelServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The public API is what {@code tests/api} records, so that no line of it goes or changes unseen;
 * {@code mvn verify -Dquern.api=write} records it anew.
 */
class ApiRecordTest {
  private static final Map<String, Class<?>> MODULES =
      Map.ofEntries(
          Map.entry("quern-native", Quern.class),
          Map.entry("quern-core", Network.class),
          Map.entry("quern-io", Datasets.class),
          Map.entry("quern-image", Images.class),
          Map.entry("quern-onnx", Onnx.class),
          Map.entry("quern-ocr", OcrPipeline.class),
          Map.entry("quern-embed", ImageEmbedder.class),
          Map.entry("quern-report", RunReport.class),
          Map.entry("quern-serve", ModelServer.class),
          Map.entry("quern-micrometer", BatchingModelMetrics.class),
          Map.entry("quern-reference", NdArray.class));

  @TestFactory
  List<DynamicTest> isAsRecorded() {
    return MODULES.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())))
        .toList();
  }

  private static void check(String module, Class<?> member) throws Exception {
    Path record = Published.ROOT.resolve("tests/api/" + module + ".txt");
    List<String> now = ApiSignatures.of(member);
    if ("write".equals(System.getProperty("quern.api"))) {
      Files.createDirectories(record.getParent());
      Files.write(record, now);
    }
    List<String> gone = new ArrayList<>(Files.readAllLines(record));
    List<String> added = new ArrayList<>(now);
    added.removeAll(gone);
    gone.removeAll(now);
    assertThat(gone).as("gone from the API of " + module + "; a program may need it").isEmpty();
    assertThat(added)
        .as("new in the API of " + module + "; -Dquern.api=write records it")
        .isEmpty();
  }

  @Test
  void signaturesSayWhatABreakChanges() throws Exception {
    List<String> lines = ApiSignatures.of(Network.class);
    assertThat(lines)
        .hasSizeGreaterThan(500)
        .isSorted()
        .anyMatch(l -> l.contains("record dev.quern.layer.Conv2d extends java.lang.Record"))
        .anyMatch(l -> l.startsWith("dev.quern.loss.Loss: ") && l.contains(" permits "))
        .anyMatch(l -> l.contains("@Nullable "))
        .noneMatch(l -> l.startsWith("dev.quern.internal") || l.startsWith("dev.quern.console"));
  }
}
