package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.network.Networks;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetsCommandTest {
  @Test
  void aRowForEachNetwork() {
    List<String> lines = Cli.run("nets").succeeds().lines();
    assertThat(lines.get(0).split(" +"))
        .containsExactly("network", "input", "classes", "parameters", "multiply-adds", "names");
    assertThat(lines.stream().skip(1).map(l -> l.split(" ")[0])).isEqualTo(Networks.names());
    assertThat(lines.stream().map(l -> l.split(" +")))
        .contains(
            new String[] {"lenet", "1x28x28", "10", "431,080", "2,293,000", "own"},
            new String[] {"resnet50", "3x224x224", "1000", "25,557,032", "4,089,184,256", "own"},
            new String[] {"mobilenet", "3x224x224", "1000", "4,231,976", "568,740,352", "own"},
            new String[] {
              "vgg16", "3x224x224", "1000", "138,357,544", "15,470,264,320", "torchvision"
            });
  }

  @Test
  void json() {
    List<String> lines = Cli.run("nets", "--json").succeeds().lines();
    assertThat(lines).hasSameSizeAs(Networks.names());
    assertThat(lines)
        .allSatisfy(
            l ->
                assertThat(l)
                    .matches(
                        "\\{\"name\":\"[a-z0-9_-]+\",\"input\":\"\\d+x\\d+x\\d+\",\"classes\":\\d+,"
                            + "\"parameters\":\\d+,\"multiply_adds\":\\d+,\"names\":\"(own|torchvision)\"\\}"))
        .contains(
            "{\"name\":\"lenet\",\"input\":\"1x28x28\",\"classes\":10,\"parameters\":431080,"
                + "\"multiply_adds\":2293000,\"names\":\"own\"}");
  }

  @Test
  void helpOfOptionsNamesTheNetworks() {
    for (String command : new String[] {"train", "bench", "summary", "gradcheck"}) {
      String help = Cli.run(command, "--help").succeeds().out().replaceAll("\\s+", " ");
      assertThat(help).as(command).contains("(" + String.join(", ", Networks.names()) + ")");
    }
  }
}
