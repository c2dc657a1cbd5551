from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from messages.services.message_files import MAX_FILE_BYTES


class DraftFileForm(forms.Form):
    file = forms.FileField(
        label=_("JSON file"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB. No message is."))
        return file
