"""The U-statistics block of the command."""

from readerstudy.stats.command.blocks import Reason, UBlock, UDifferenceRow, UModalityRow
from readerstudy.stats.command.mrmc_block import row_of
from readerstudy.stats.readings import Readings
from readerstudy.stats.ustatistics import u_statistics


def u_block(readings: Readings, level: float) -> tuple[UBlock, list[Reason]]:
    """The block and its reasons. Raises StatisticsInputError where no modality has an AUC."""
    found = u_statistics(readings, level=level)
    block = UBlock(
        tuple(
            UModalityRow(row.modality, row.estimate, row.variance, row.variance_mle, row.df_bdg)
            for row in found.modalities
        ),
        tuple(row_of(UDifferenceRow, row) for row in found.differences),
    )
    reasons = [Reason(f"ustatistics.modalities {row.modality}", row.reason) for row in found.modalities if row.reason]  # fmt: skip
    reasons += [Reason(f"ustatistics.differences {row.a} - {row.b}", row.reason) for row in found.differences if row.reason]  # fmt: skip
    return block, reasons
