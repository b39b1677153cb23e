package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.run.PathConverter;
import dev.quern.data.Dataset;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code quern train} makes of its options before it trains. */
class PreparationTest extends SmallTrainingCase {
  private <T> T prepared(Function<Preparation, T> asked, Object... more) {
    Object[] line = small.line(more);
    TrainCommand command = new TrainCommand();
    new CommandLine(command)
        .registerConverter(Path.class, new PathConverter())
        .parseArgs(Arrays.stream(line).skip(1).map(Object::toString).toArray(String[]::new));
    try {
      return asked.apply(command.prepare(null));
    } finally {
      command.close();
    }
  }

  private static List<ByteBuffer> images(Dataset set) {
    List<ByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      ByteBuffer image = ByteBuffer.allocate((int) set.shape().elements());
      set.copyBytes(i, image);
      all.add(image.flip());
    }
    return all;
  }

  /** Each is trained on or looked at, and none is both. */
  @Test
  void validationTakesImagesOutOfTheTraining() {
    List<ByteBuffer> all = prepared(p -> images(p.sets().first()));
    List<ByteBuffer> divided =
        prepared(
            p -> {
              List<ByteBuffer> trained = images(p.sets().first());
              assertThat(trained).hasSize(240);
              trained.addAll(images(p.sets().validation().inputs().values().iterator().next()));
              return trained;
            },
            "--validation",
            60);
    assertThat(divided).containsExactlyInAnyOrderElementsOf(all);
  }

  /** As the help of the options says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sgd | Sgd[lr=0.01, momentum=0.9, weightDecay=0.0, nesterov=false]",
        "adam | Adam[lr=0.001, beta1=0.9, beta2=0.999, eps=1.0E-8, weightDecay=0.0",
        "adamw | AdamW[lr=0.001, beta1=0.9, beta2=0.999, eps=1.0E-8, weightDecay=0.01",
        "rmsprop | RmsProp[lr=0.001, alpha=0.99, eps=1.0E-8, weightDecay=0.0, momentum=0.0",
        "muon | Muon[lr=0.02, weightDecay=0.1, momentum=0.95"
      })
  void optimizersHaveTheirDefaults(String name, String wanted) {
    String made =
        prepared(
            p -> {
              try (var trainer = p.settings().build()) {
                return trainer.state().settings().get("optimizer");
              }
            },
            "--optimizer",
            name);
    assertThat(made).startsWith(wanted);
  }
}
