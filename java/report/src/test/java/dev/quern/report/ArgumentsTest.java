package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.diagnostics.Finding;
import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import dev.quern.train.History;
import dev.quern.train.LearningRateCurve;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every public method with each argument in turn null or extreme: what it throws is Quern's. */
class ArgumentsTest {
  @TempDir Path dir;
  private final Map<Class<?>, List<Object>> values = new LinkedHashMap<>();
  private final Map<Class<?>, Object> targets = new LinkedHashMap<>();

  private Trainer trainer;
  private LivePage page;

  @AfterEach
  void close() {
    page.close();
    trainer.close();
  }

  @BeforeEach
  void makeValues() throws Exception {
    trainer = Trainer.builder(Runs.model().network()).build();
    RunReport report = RunReport.of(Runs.model()).build();
    Path file = dir.resolve("report.json");
    report.save(file);
    Dataset data = Runs.data(10);
    targets.put(RunReport.class, report);
    targets.put(RunReportBuilder.class, RunReport.of(Runs.model()));
    targets.put(Curves.class, new Curves());
    MultiDataset all = MultiDataset.of(Map.of("input", data), Map.of("fc2", data));
    targets.put(Activations.class, new Activations(trainer, all));
    values.put(Activations.class, Arrays.asList(new Activations(trainer, all), null));
    targets.put(LearningRateReport.class, report); // has static methods only
    page = new LivePage(trainer, 0, "t", null, null, null);
    targets.put(LivePage.class, page);
    targets.put(TensorBoard.class, new TensorBoard(dir.resolve("events")));
    values.put(Path.class, Arrays.asList(file, null, dir, dir.resolve("none/x")));
    values.put(ModelData.class, Arrays.asList(Runs.model(), null));
    values.put(String.class, Arrays.asList("test", null, "", "\0<", "x".repeat(100_000)));
    values.put(Dataset.class, Arrays.asList(data, null, Runs.data(0)));
    values.put(
        MultiDataset.class,
        Arrays.asList(MultiDataset.of(Map.of("input", data), Map.of("fc2", data)), null));
    values.put(History.class, Arrays.asList(Runs.history(2), null));
    values.put(History.Epoch.class, Arrays.asList(Runs.epoch(1), null));
    values.put(History.StopReason.class, Arrays.asList(History.StopReason.FINISHED, null));
    values.put(
        TrainingListener.Step.class,
        Arrays.asList(new TrainingListener.Step(1, 1, 1, 1, 1, Double.NaN, 0), null));
    values.put(
        TrainingListener.Metric.class,
        Arrays.asList(new TrainingListener.Metric(1, "validation_loss", 1), null));
    values.put(Curves.class, Arrays.asList(new Curves(), null));
    values.put(LearningRateCurve.class, Arrays.asList(Runs.rates(), null));
    LayerTimes times = new LayerTimes(1, 1, List.of(), 0, 0, new Engine.Speed(1, 1));
    values.put(LayerTimes.class, Arrays.asList(times, null));
    values.put(Map.class, Arrays.asList(Map.of("a", "b"), null, nulls()));
    values.put(
        List.class, Arrays.asList(List.of(report), null, List.of(), Arrays.asList((Object) null)));
  }

  private static Map<String, String> nulls() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("a", null);
    return map;
  }

  @Test
  void whatIsThrownIsTyped() throws Exception {
    int calls = 0;
    for (Map.Entry<Class<?>, Object> target : targets.entrySet()) {
      for (Method m : target.getKey().getDeclaredMethods()) {
        if (!Modifier.isPublic(m.getModifiers())) {
          continue;
        }
        Class<?>[] parameters = m.getParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
          assertThat(values).as("values for %s", m).containsKey(parameters[i]);
          for (Object value : samples(m, parameters[i])) {
            List<Object> arguments = new ArrayList<>();
            Arrays.stream(parameters).forEach(p -> arguments.add(samples(m, p).get(0)));
            arguments.set(i, value);
            call(m, target.getValue(), arguments.toArray());
            calls++;
          }
        }
      }
    }
    assertThat(calls).isGreaterThan(40);
  }

  /** Lists are of reports, except those of findings. */
  private List<Object> samples(Method m, Class<?> type) {
    if (type == List.class && m.getName().equals("findings")) {
      Finding finding = new Finding(Finding.Kind.OVERFITTING, "m", "a");
      return Arrays.asList(List.of(finding), null, List.of(), Arrays.asList((Object) null));
    }
    return values.get(type);
  }

  private static void call(Executable e, Object target, Object... arguments) throws Exception {
    try {
      ((Method) e).invoke(Modifier.isStatic(e.getModifiers()) ? null : target, arguments);
    } catch (InvocationTargetException thrown) {
      assertThat(thrown.getCause()).as(e.toString()).isInstanceOf(QuernException.class);
      assertThat(thrown.getCause().getMessage()).isNotBlank();
    }
  }

  /** None was forgotten above. */
  @Test
  void allTypesAreHere() throws Exception {
    Path sources =
        Path.of(System.getProperty("quern.root"), "java/report/src/main/java/dev/quern/report");
    try (var files = Files.list(sources)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".java")))
          .allMatch(
              f ->
                  f.equals("package-info.java")
                      || targets.keySet().stream()
                          .anyMatch(t -> f.equals(t.getSimpleName() + ".java")));
    }
  }
}
