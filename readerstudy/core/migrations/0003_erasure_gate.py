from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_keyed_chain")]
    operations = [
        migrations.CreateModel(
            name="ErasureGate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField()),
            ],
        ),
    ]
