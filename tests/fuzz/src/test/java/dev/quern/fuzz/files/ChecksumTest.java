package dev.quern.fuzz.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.io.Checkpoints;
import dev.quern.io.Safetensors;
import dev.quern.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Odd content reaches what is behind a checkpoint's checksum. */
class ChecksumTest {
  @TempDir Path temp;

  private Path file;
  private Container changed;

  @BeforeEach
  void changeACheckpoint() throws Exception {
    try (Trainer trainer = Bases.trainer(0, Bases.network())) {
      file = Checkpoints.in(temp).save(trainer);
    }
    changed = Container.of(Files.readAllBytes(file));
    changed.metadata.put("info.isa", "another");
  }

  @Test
  void takenApartAndPutTogetherItIsTheSame() throws Exception {
    Container same = Container.of(Files.readAllBytes(file));
    Safetensors before = Safetensors.read(file);
    Files.write(file, same.file());
    Tensors.requireEqual(before, Safetensors.read(file));
    assertThat(Checkpoints.in(temp).latest().info()).doesNotContainEntry("isa", "another");
  }

  @Test
  void aChangeIsRefused() throws Exception {
    Files.write(file, changed.file());
    assertThatThrownBy(() -> Checkpoints.in(temp).latest())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void aChangeWithTheRightChecksumIsNot() throws Exception {
    Checksum.repair(changed);
    Files.write(file, changed.file());
    assertThat(Checkpoints.in(temp).latest().info()).containsEntry("isa", "another");
  }
}
