package dev.quern.cli.model;

import dev.quern.error.InvalidArgumentException;
import dev.quern.io.pretrained.Pretrained;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A name of the catalog. */
final class PretrainedName implements ITypeConverter<Pretrained> {
  @Override
  public Pretrained convert(String value) {
    try {
      return Pretrained.of(value);
    } catch (InvalidArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
